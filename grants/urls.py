from django.urls import path

from grants.campaigns import views as campaigns
from grants.matching import views as matching
from grants.unusual import views as unusual
from grants.views import cases, facts, glass, grants, hooks, inbox, requests, reviews

app_name = "grants"
urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/new/", cases.new_case, name="new-case"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/requests/", cases.ask, name="ask"),
    path("cases/<uuid:case_id>/break-glass/", glass.break_glass, name="break-glass"),
    path("reviews/break-glass/<uuid:glass_id>/", glass.review, name="review-glass"),
    path("cases/<uuid:case_id>/close/", cases.close, name="close"),
    path("cases/<uuid:case_id>/facts/", facts.attach, name="attach-facts"),
    path("cases/<uuid:case_id>/facts/<uuid:fact_id>/", facts.facts, name="facts"),
    path("cases/<uuid:case_id>/take/", cases.take, name="take"),
    path("cases/<uuid:case_id>/notes/", cases.note, name="note"),
    path("hooks/helpdesk/", hooks.helpdesk, name="helpdesk"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="read"),
    path("deliveries/", inbox.deliveries, name="deliveries"),
    path("deliveries/<uuid:message_id>/retry/", inbox.retry, name="retry"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:request_id>/", requests.request_page, name="request"),
    path("requests/<uuid:request_id>/approve/", requests.approve, name="approve"),
    path("requests/<uuid:request_id>/deny/", requests.deny, name="deny"),
    path("requests/<uuid:request_id>/withdraw/", requests.withdraw, name="withdraw"),
    path("requests/<uuid:request_id>/ask-back/", requests.ask_back, name="ask-back"),
    path("requests/<uuid:request_id>/answer/", requests.answer, name="answer"),
    path("reviews/grants/<uuid:grant_id>/", reviews.close_grant, name="review-grant"),
    path("reviews/teams/<slug:team>/<str:week>/", reviews.close_team, name="review-team"),
    path("reviews/findings/<uuid:finding_id>/", matching.close, name="close-finding"),
    path("reviews/access/", campaigns.campaigns, name="campaigns"),
    path("reviews/access/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("reviews/access/<uuid:campaign_id>/close/", campaigns.close, name="close-campaign"),
    path("reviews/access/<uuid:campaign_id>/result/", campaigns.result, name="campaign-result"),
    path("reviews/access/lines/<uuid:item_id>/", campaigns.answer, name="answer-line"),
    path("reviews/flags/<uuid:flag_id>/dismiss/", unusual.dismiss, name="dismiss-flag"),
    path("reviews/flags/<uuid:flag_id>/escalate/", unusual.escalate, name="escalate-flag"),
    path("reviews/period/", matching.mark_period, name="mark-period"),
    path("grants/<uuid:grant_id>/", grants.grant, name="grant"),
    path("grants/<uuid:grant_id>/revoke/", grants.revoke, name="revoke"),
    path("grants/<uuid:grant_id>/extend/", grants.extend, name="extend"),
    path("grants/<uuid:grant_id>/hand-over/", grants.hand_over, name="hand-over"),
]
