DROP TRIGGER grants_flagword_fits ON grants_flagword;
DROP FUNCTION grants_flagword_fits();
