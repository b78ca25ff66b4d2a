DROP TRIGGER grants_campaignitem_stays ON grants_campaignitem;
DROP FUNCTION grants_campaignitem_stays();
DROP TRIGGER grants_campaign_stays ON grants_campaign;
DROP FUNCTION grants_campaign_stays();
