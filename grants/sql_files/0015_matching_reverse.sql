DROP TRIGGER grants_period_follows ON grants_periodreview;
DROP FUNCTION grants_period_follows();
DROP TRIGGER grants_findingword_fits ON grants_findingword;
DROP FUNCTION grants_findingword_fits();
