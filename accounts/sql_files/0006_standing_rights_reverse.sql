ALTER TABLE guardian_groupobjectpermission DROP CONSTRAINT accounts_groups_hold_no_rights;
DROP TRIGGER standing_right_keeps ON accounts_standingright;
DROP TRIGGER standing_right_agrees ON guardian_userobjectpermission;
DROP TRIGGER standing_right_agrees ON accounts_standingright;
DROP FUNCTION accounts_right_keeps();
DROP FUNCTION accounts_right_agrees();
DROP FUNCTION accounts_rights_agree(uuid, integer, text);
