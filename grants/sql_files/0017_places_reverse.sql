DROP TRIGGER grants_place_in_log ON grants_flagplace;
DROP TRIGGER grants_place_in_log ON grants_matchplace;
DROP FUNCTION grants_place_in_log();
