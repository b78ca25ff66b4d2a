DROP FUNCTION grants_live(uuid, uuid, text, integer, text[], integer, text[], text[]);
DROP FUNCTION grants_rests_on(uuid, integer);
