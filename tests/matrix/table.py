"""What every URL answers to every role, written by hand. Nothing here is computed by the console.

One row: a path, the methods, then one status for each role. Names in braces are objects of the world in `conftest.py`:
the agent's own are plain, those of the second agent end in 2, those that nobody has begin with `no_`. `{elsewhere}` is a tenant outside
the success manager's book. `*` means every method of METHODS that the path has no row of its own for.
"""

from dataclasses import dataclass

METHODS = ("GET", "POST", "PUT", "DELETE")
ROLES = (
    "nobody", "agent", "agent2", "approver", "compliance", "success", "finance", "admin", "outsider",
)  # fmt: skip

GRID = """
                                                       nobody agent agent2 approver compliance success finance admin outsider
/                                                GET      302   200    200      200        200     200     200   200      200
/                                                *        302   405    405      405        405     405     405   405      405
/sign-in/                                        GET      200   302    302      302        302     302     302   302      302
/sign-in/                                        POST     422   302    302      302        302     302     302   302      302
/sign-in/                                        *        405   302    302      302        302     302     302   302      302
/sign-out/                                       POST     302   302    302      302        302     302     302   302      302
/sign-out/                                       *        405   405    405      405        405     405     405   405      405

/tenants/                                        GET      302   200    200      200        403     200     200   403      403
/tenants/                                        *        302   405    405      405        403     405     405   403      403
/tenants/{tenant}/                               GET      302   200    200      200        403     200     200   403      403
/tenants/{elsewhere}/                            GET      302   200    200      200        403     404     200   403      403
/tenants/{no_tenant}/                            GET      302   404    404      404        403     404     404   403      403
/tenants/{tenant}/                               *        302   405    405      405        403     405     405   403      403

/tenants/{tenant}/panels/billing/                GET      302   200    200      200        403     200     200   403      403
/tenants/{tenant}/panels/jobs/                   GET      302   200    200      200        403     200     403   403      403
/tenants/{tenant}/panels/contacts/               GET      302   200    200      200        403     403     403   403      403
/tenants/{tenant}/panels/import_detail/          GET      302   200    403      403        403     403     403   403      403
/tenants/{tenant}/panels/payments/               GET      302   403    403      403        403     403     403   403      403
/tenants/{tenant}/panels/{no_panel}/             GET      302   404    404      404        403     404     404   403      403
/tenants/{elsewhere}/panels/billing/             GET      302   200    200      200        403     404     200   403      403
/tenants/{elsewhere}/panels/import_detail/       GET      302   403    403      403        403     404     403   403      403
/tenants/{no_tenant}/panels/billing/             GET      302   404    404      404        403     404     404   403      403
/tenants/{tenant}/panels/billing/                *        302   405    405      405        403     405     405   403      403

/tenants/{tenant}/panels/contacts/reveal/        POST     302   200    403      403        403     403     403   403      403
/tenants/{elsewhere}/panels/contacts/reveal/     POST     302   403    403      403        403     404     403   403      403
/tenants/{no_tenant}/panels/contacts/reveal/     POST     302   404    404      404        403     404     404   403      403
/tenants/{tenant}/panels/billing/reveal/         POST     302   404    404      404        403     404     404   403      403
/tenants/{tenant}/panels/contacts/reveal/        *        302   405    405      405        403     405     405   403      403

/tenants/{tenant}/panels/billing/answer/         POST     302   302    302      302        403     302     302   403      403
/tenants/{tenant}/panels/contacts/answer/        POST     302   302    302      302        403     403     403   403      403
/tenants/{tenant}/panels/payments/answer/        POST     302   403    403      403        403     403     403   403      403
/tenants/{tenant}/panels/{no_panel}/answer/      POST     302   404    404      404        403     404     404   403      403
/tenants/{elsewhere}/panels/billing/answer/      POST     302   302    302      302        403     404     302   403      403
/tenants/{no_tenant}/panels/billing/answer/      POST     302   404    404      404        403     404     404   403      403
/tenants/{tenant}/panels/billing/answer/         *        302   405    405      405        403     405     405   403      403

/profile/                                        GET      302   200    200      200        200     200     200   200      200
/profile/                                        *        302   405    405      405        405     405     405   405      405
/profile/preferences/                            POST     302   302    302      302        302     302     302   302      302
/profile/preferences/                            *        302   405    405      405        405     405     405   405      405

/password/                                       GET      302   200    200      200        200     200     200   200      200
/password/                                       POST     302   422    422      422        422     422     422   422      422
/password/                                       *        302   405    405      405        405     405     405   405      405

/sign-in/code/                                   *        302   302    302      302        302     302     302   302      302
/sign-in/first/                                  *        302   302    302      302        302     302     302   302      302
/sign-in/company/                                GET      404   404    404      404        404     404     404   404      404
/sign-in/company/                                *        405   405    405      405        405     405     405   405      405
/sign-in/company/back/                           GET      404   404    404      404        404     404     404   404      404
/sign-in/company/back/                           *        405   405    405      405        405     405     405   405      405
/security/link/                                  POST     302   404    404      404        404     404     404   404      404
/security/link/                                  *        302   405    405      405        405     405     405   405      405
/security/link/remove/                           POST     302   302    302      302        302     302     302   302      302
/security/link/remove/                           *        302   405    405      405        405     405     405   405      405
/step-up/                                        GET      302   302    302      302        302     302     302   302      302
/step-up/                                        POST     302   302    302      302        302     302     302   302      302
/step-up/                                        *        302   405    405      405        405     405     405   405      405
/security/                                       GET      302   200    200      200        200     200     200   200      200
/security/                                       *        302   405    405      405        405     405     405   405      405
/security/add/                                   GET      302   200    200      200        200     200     200   200      200
/security/add/                                   POST     302   422    422      422        422     422     422   422      422
/security/add/                                   *        302   405    405      405        405     405     405   405      405
/security/factors/{no_factor}/remove/            POST     302   404    404      404        404     404     404   404      404
/security/factors/{no_factor}/remove/            *        302   405    405      405        405     405     405   405      405
/security/codes/                                 GET      302   302    302      302        302     302     302   302      302
/security/codes/                                 POST     302   302    302      302        302     302     302   302      302
/security/codes/                                 *        302   405    405      405        405     405     405   405      405
/security/codes/new/                             POST     302   409    409      409        409     409     409   409      409
/security/codes/new/                             *        302   405    405      405        405     405     405   405      405
/security/sign-ins/{sign_in}/end/                POST     302   302    404      404        404     404     404   404      404
/security/sign-ins/{no_sign_in}/end/             POST     302   404    404      404        404     404     404   404      404
/security/sign-ins/{no_sign_in}/end/             *        302   405    405      405        405     405     405   405      405
/security/sign-ins/end-others/                   POST     302   302    302      302        302     302     302   302      302
/security/sign-ins/end-others/                   *        302   405    405      405        405     405     405   405      405

/find/                                           GET      302   200    200      200        200     200     200   200      200
/find/                                           *        302   405    405      405        405     405     405   405      405

/c/{link}/                                       GET      200   200    200      200        200     200     200   200      200
/c/{link}/                                       POST     409   403    403      403        403     403     403   403      403
/c/{link}/                                       *        405   405    405      405        405     405     405   405      405
/c/{no_link}/                                    GET      404   404    404      404        404     404     404   404      404
/c/{no_link}/                                    POST     404   404    404      404        404     404     404   404      404
/policy/matrix/                                  GET      302   403    403      200        200     403     403   200      403
/policy/matrix/                                  *        302   403    403      405        405     403     403   405      403
/policy/matrix.csv                               GET      302   403    403      200        200     403     403   200      403
/policy/matrix.csv                               *        302   403    403      405        405     403     403   405      403
/policy/rule/                                    GET      302   200    200      200        200     200     200   200      200
/policy/rule/                                    *        302   405    405      405        405     405     405   405      405

/people/                                         GET      302   403   403    403        200        403     403     200     403
/people/                                         *        302   403   403    403        405        403     403     405     403
/people/{person}/                                GET      302   403   403    403        200        403     403     200     403
/people/{person}/                                *        302   403   403    403        405        403     403     405     403
/people/{no_person}/                             GET      302   403   403    403        404        403     403     404     403
/people/tenants/{tenant}/                        GET      302   403   403    403        200        403     403     200     403
/people/tenants/{tenant}/                        *        302   403   403    403        405        403     403     405     403
/people/tenants/{no_tenant}/                     GET      302   403   403    403        404        403     403     404     403
/people/{person}/off-board/                      POST     302   403   403    403        403        403     403     302     403
/people/{no_person}/off-board/                   POST     302   403   403    403        403        403     403     404     403
/people/{person}/off-board/                      *        302   403   403    403        403        403     403     405     403
/people/{person}/roles/                          POST     302   403   403    403        403        403     403     302     403
/people/{no_person}/roles/                       POST     302   403   403    403        403        403     403     404     403
/people/{person}/roles/                          *        302   403   403    403        403        403     403     405     403
/people/{person}/rights/                         POST     302   403   403    403        403        403     403     302     403
/people/{no_person}/rights/                      POST     302   403   403    403        403        403     403     404     403
/people/{person}/rights/                         *        302   403   403    403        403        403     403     405     403
/people/rights/{right}/                          GET      302   403   403    403        403        403     403     200     403
/people/rights/{right}/                          POST     302   403   403    403        403        403     403     302     403
/people/rights/{no_right}/                       POST     302   403   403    403        403        403     403     404     403
/people/rights/{no_right}/                       GET      302   403   403    403        403        403     403     404     403
/people/rights/{right}/                          *        302   403   403    403        403        403     403     405     403
/people/rights/{right}/take/                     POST     302   403   403    403        403        403     403     302     403
/people/rights/{no_right}/take/                  POST     302   403   403    403        403        403     403     404     403
/people/rights/{right}/take/                     *        302   403   403    403        403        403     403     405     403

/consent/                                        GET      302   403    403      403        403     403     403   200      403
/consent/                                        *        302   403    403      403        403     403     403   405      403
/consent/{tenant}/                               GET      302   403    403      403        403     403     403   200      403
/consent/{no_tenant}/                            GET      302   403    403      403        403     403     403   404      403
/consent/{tenant}/                               *        302   403    403      403        403     403     403   405      403
/consent/{tenant}/mode/                          POST     302   403    403      403        403     403     403   302      403
/consent/{no_tenant}/mode/                       POST     302   403    403      403        403     403     403   404      403
/consent/{tenant}/mode/                          *        302   403    403      403        403     403     403   405      403
/consent/{tenant}/ledger/                        POST     302   403    403      403        403     403     403   200      403
/consent/{no_tenant}/ledger/                     POST     302   403    403      403        403     403     403   404      403
/consent/{tenant}/ledger/                        *        302   403    403      403        403     403     403   405      403
/consent/{tenant}/links/{link_id}/revoke/        POST     302   403    403      403        403     403     403   302      403
/consent/{no_tenant}/links/{link_id}/revoke/     POST     302   403    403      403        403     403     403   404      403
/consent/{elsewhere}/links/{link_id}/revoke/     POST     302   403    403      403        403     403     403   404      403
/consent/{tenant}/links/{no_link_id}/revoke/     POST     302   403    403      403        403     403     403   404      403
/consent/{tenant}/links/{link_id}/revoke/        *        302   403    403      403        403     403     403   405      403

/reviews/                                        GET      302   403    403      403        200     403     403   403      403
/reviews/                                        *        302   403    403      403        405     403     403   403      403
/reviews/grants/{over}/                          POST     302   403    403      403        302     403     403   403      403
/reviews/grants/{no_grant}/                      POST     302   403    403      403        404     403     403   403      403
/reviews/grants/{over}/                          *        302   403    403      403        405     403     403   403      403
/reviews/teams/support/2026-01-05/               POST     302   403    403      403        409     403     403   403      403
/reviews/teams/support/never/                    POST     302   403    403      403        404     403     403   403      403
/reviews/teams/support/2026-01-05/               *        302   403    403      403        405     403     403   403      403
/reviews/findings/{finding}/                     POST     302   403    403      403        302     403     403   403      403
/reviews/findings/{no_finding}/                  POST     302   403    403      403        404     403     403   403      403
/reviews/findings/{finding}/                     *        302   403    403      403        405     403     403   403      403
/reviews/access/                                 GET      302   403    403      403        200     403     403   200      403
/reviews/access/                                 POST     302   403    403      403        302     403     403   302      403
/reviews/access/                                 *        302   403    403      403        405     403     403   405      403
/reviews/access/{review}/                        GET      302   403    403      403        200     403     403   200      403
/reviews/access/{no_review}/                     GET      302   403    403      403        404     403     403   404      403
/reviews/access/{review}/                        *        302   403    403      403        405     403     403   405      403
/reviews/access/{review}/close/                  POST     302   403    403      403        409     403     403   409      403
/reviews/access/{no_review}/close/               POST     302   403    403      403        404     403     403   404      403
/reviews/access/{review}/close/                  *        302   403    403      403        405     403     403   405      403
/reviews/access/{review}/result/                 GET      302   403    403      403        409     403     403   409      403
/reviews/access/{no_review}/result/              GET      302   403    403      403        404     403     403   404      403
/reviews/access/{review}/result/                 *        302   403    403      403        405     403     403   405      403
/reviews/access/lines/{line}/                    POST     302   403    403      403        302     403     403   302      403
/reviews/access/lines/{no_line}/                 POST     302   403    403      403        404     403     403   404      403
/reviews/access/lines/{line}/                    *        302   403    403      403        405     403     403   405      403
/reviews/flags/{flag}/dismiss/                   POST     302   403    403      403        302     403     403   403      403
/reviews/flags/{no_flag}/dismiss/                POST     302   403    403      403        404     403     403   403      403
/reviews/flags/{flag}/dismiss/                   *        302   403    403      403        405     403     403   403      403
/reviews/flags/{flag}/escalate/                  POST     302   403    403      403        302     403     403   403      403
/reviews/flags/{no_flag}/escalate/               POST     302   403    403      403        404     403     403   403      403
/reviews/flags/{flag}/escalate/                  *        302   403    403      403        405     403     403   403      403
/reviews/period/                                 POST     302   403    403      403        302     403     403   403      403
/reviews/period/                                 *        302   403    403      403        405     403     403   403      403
/attention/                                      GET      302   200    200      200        403     200     200   403      403
/attention/                                      *        302   405    405      405        403     405     405   403      403
/metrics-board/                                  GET      302   403    403      200        200     403     403   403      403
/metrics-board/                                  *        302   403    403      405        405     403     403   403      403

/portfolio/                                      GET      302   200    200    200      403        200     200     403   403
/portfolio/                                      *        302   405    405    405      403        405     405     403   403
/portfolio/{tenant}/                             GET      302   200    200    200      403        200     200     403   403
/portfolio/{elsewhere}/                          GET      302   200    200    200      403        404     200     403   403
/portfolio/{no_tenant}/                          GET      302   404    404    404      403        404     404     403   403
/portfolio/{tenant}/                             *        302   405    405    405      403        405     405     403   403
/portfolio/{tenant}/notes/                       POST     302   302    302    302      403        302     302     403   403
/portfolio/{elsewhere}/notes/                    POST     302   302    302    302      403        404     302     403   403
/portfolio/{no_tenant}/notes/                    POST     302   404    404    404      403        404     404     403   403
/portfolio/{tenant}/notes/                       *        302   405    405    405      403        405     405     403   403

/cases/{case}/facts/                             POST     302   302    404    302      403        403     404     403   403
/cases/{case2}/facts/                            POST     302   404    302    302      403        403     404     403   403
/cases/{no_case}/facts/                          POST     302   404    404    404      403        403     404     403   403
/cases/{case}/facts/                             *        302   405    405    405      403        403     405     403   403
/cases/{case}/facts/{fact}/                      GET      302   200    404    200      403        403     404     403   403
/cases/{no_case}/facts/{fact}/                   GET      302   404    404    404      404        403     404     403   403
/cases/{case}/facts/{no_fact}/                   GET      302   404    404    404      404        403     404     403   403
/cases/{case}/facts/{fact}/                      *        302   405    405    405      405        403     405     403   403

/cases/                                          GET      302   200    200      200        200     403     200   403      403
/cases/                                          *        302   405    405      405        405     403     405   403      403
/cases/new/                                      GET      302   200    200      200        403     403     200   403      403
/cases/new/                                      POST     302   302    302      302        403     403     302   403      403
/cases/new/                                      *        302   405    405      405        403     403     405   403      403
/cases/{case}/                                   GET      302   200    404      200        200     403     404   403      403
/cases/{case2}/                                  GET      302   404    200      200        200     403     404   403      403
/cases/{no_case}/                                GET      302   404    404      404        404     403     404   403      403
/cases/{case}/                                   *        302   405    405      405        405     403     405   403      403
/cases/{case}/requests/                          POST     302   302    404      302        403     403     404   403      403
/cases/{case2}/requests/                         POST     302   404    302      302        403     403     404   403      403
/cases/{no_case}/requests/                       POST     302   404    404      404        403     403     404   403      403
/cases/{case}/requests/                          *        302   405    405      405        403     403     405   403      403
/cases/{case}/break-glass/                       POST     302   302    404      302        403     403     404   403      403
/cases/{case2}/break-glass/                      POST     302   404    409      302        403     403     404   403      403
/cases/{no_case}/break-glass/                    POST     302   404    404      404        403     403     404   403      403
/cases/{case}/break-glass/                       GET      302   200    404      200        403     403     404   403      403
/cases/{case2}/break-glass/                      GET      302   404    200      200        403     403     404   403      403
/cases/{no_case}/break-glass/                    GET      302   404    404      404        403     403     404   403      403
/cases/{case}/break-glass/                       *        302   405    405      405        403     403     405   403      403
/reviews/break-glass/{glass}/                    GET      302   403    403      403        200     403     403   403      403
/reviews/break-glass/{glass}/                    POST     302   403    403      403        302     403     403   403      403
/reviews/break-glass/{no_glass}/                 POST     302   403    403      403        404     403     403   403      403
/reviews/break-glass/{no_glass}/                 GET      302   403    403      403        404     403     403   403      403
/reviews/break-glass/{glass}/                    *        302   403    403      403        405     403     403   403      403
/cases/{case}/close/                             POST     302   409    404      409        403     403     404   403      403
/cases/{case2}/close/                            POST     302   404    409      409        403     403     404   403      403
/cases/{no_case}/close/                          POST     302   404    404      404        403     403     404   403      403
/cases/{case}/close/                             *        302   405    405      405        403     403     405   403      403

/cases/{case}/take/                              POST     302   409    404    409      403        403     404     403   403
/cases/{waiting}/take/                           POST     302   302    302    302      403        403     302     403   403
/cases/{waiting}/                                GET      302   200    200    200      200        403     200     403   403
/cases/{no_case}/take/                           POST     302   404    404    404      403        403     404     403   403
/cases/{case}/take/                              *        302   405    405    405      403        403     405     403   403
/cases/{case}/notes/                             POST     302   302    404    302      403        403     404     403   403
/cases/{case2}/notes/                            POST     302   404    302    302      403        403     404     403   403
/cases/{no_case}/notes/                          POST     302   404    404    404      403        403     404     403   403
/cases/{case}/notes/                             *        302   405    405    405      403        403     405     403   403

/hooks/people/                                   POST     404   404    404    404      404        404     404     404   404
/hooks/people/                                   *        405   405    405    405      405        405     405     405   405
/.well-known/jwks.json                           GET      200   200    200      200        200     200     200   200      200
/.well-known/jwks.json                           *        405   405    405      405        405     405     405   405      405
/oauth/authorize                                 GET      302   403    403      403        403     403     403   403      403
/oauth/authorize                                 *        302   405    405      403        403     403     403   403      403
/oauth/token                                     POST     404   404    404      404        404     404     404   404      404
/oauth/token                                     *        405   405    405      405        405     405     405   405      405
/oauth/introspect                                POST     404   404    404      404        404     404     404   404      404
/oauth/introspect                                *        405   405    405      405        405     405     405   405      405
/oauth/events                                    POST     404   404    404      404        404     404     404   404      404
/oauth/events                                    *        405   405    405      405        405     405     405   405      405
/hooks/helpdesk/                                 POST     404   404    404    404      404        404     404     404   404
/hooks/helpdesk/                                 *        405   405    405    405      405        405     405     405   405

/grants/{grant}/sessions/                        GET      302   200    404      403        403     403     403   403      403
/grants/{no_grant}/sessions/                     GET      302   404    404      403        403     403     403   403      403
/grants/{grant}/sessions/                        POST     302   302    404      403        403     403     403   403      403
/grants/{grant2}/sessions/                       POST     302   404    302      403        403     403     403   403      403
/grants/{no_grant}/sessions/                     POST     302   404    404      403        403     403     403   403      403
/grants/{over}/sessions/                         POST     302   409    404      403        403     403     403   403      403
/grants/{grant}/sessions/                        *        302   405    405      403        403     403     403   403      403
/sessions/                                       GET      302   200    200      200        200     403     200   200      403
/sessions/                                       *        302   405    405      405        405     403     405   405      403
/sessions/end/                                   POST     302   403    403      302        403     403     403   302      403
/sessions/end/                                   *        302   403    403      405        403     403     403   405      403
/sessions/{session}/                             GET      302   200    404      200        200     403     404   200      403
/sessions/{no_session}/                          GET      302   404    404      404        404     403     404   404      403
/sessions/{session}/                             *        302   405    405      405        405     403     405   405      403
/sessions/{session}/end/                         POST     302   302    404      302        403     403     404   302      403
/sessions/{no_session}/end/                      POST     302   404    404      404        404     403     404   404      403
/sessions/{session}/end/                         *        302   405    405      405        405     403     405   405      403
/sessions/{session}/open/                        GET      302   409    404      403        403     403     403   403      403
/sessions/{no_session}/open/                     GET      302   404    404      403        403     403     403   403      403
/sessions/{session}/open/                        *        302   405    405      403        403     403     403   403      403
/sessions/{session}/actions/sync.rerun/          GET      302   409    404      403        403     403     403   403      403
/sessions/{session}/actions/sync.rerun/          POST     302   409    404      403        403     403     403   403      403
/sessions/{session}/actions/{no_panel}/          GET      302   404    404      403        403     403     403   403      403
/sessions/{no_session}/actions/sync.rerun/       POST     302   404    404      403        403     403     403   403      403
/sessions/{session}/actions/{no_panel}/          POST     302   404    404      403        403     403     403   403      403
/sessions/{no_session}/actions/sync.rerun/       GET      302   404    404      403        403     403     403   403      403
/sessions/{session}/actions/sync.rerun/          *        302   405    405      403        403     403     403   403      403
/sessions/{session}/ask/                         GET      302   302    404      403        403     403     403   403      403
/sessions/{no_session}/ask/                      GET      302   404    404      403        403     403     403   403      403
/sessions/{session}/ask/                         *        302   405    405      403        403     403     403   403      403

/inbox/                                          GET      302   200    200    200      200        200     200     200   200
/inbox/                                          *        302   405    405    405      405        405     405     405   405
/inbox/read/                                     POST     302   302    302    302      302        302     302     302   302
/inbox/read/                                     *        302   405    405    405      405        405     405     405   405
/deliveries/                                     GET      302   403    403    403      403        403     403     200   403
/deliveries/                                     *        302   403    403    403      403        403     403     405   403
/deliveries/{message}/retry/                     POST     302   403    403    403      403        403     403     302   403
/deliveries/{no_message}/retry/                  POST     302   403    403    403      403        403     403     404   403
/deliveries/{message}/retry/                     *        302   403    403    403      403        403     403     405   403

/requests/                                       GET      302   403    403      200        403     403     403   403      403
/requests/                                       *        302   403    403      405        403     403     403   403      403
/requests/{request}/                             GET      302   200    404      200        200     403     404   403      403
/requests/{request2}/                            GET      302   404    200      200        200     403     404   403      403
/requests/{no_request}/                          GET      302   404    404      404        404     403     404   403      403
/requests/{request}/                             *        302   405    405      405        405     403     405   403      403
/requests/{request}/approve/                     POST     302   403    403      302        403     403     403   403      403
/requests/{request2}/approve/                    POST     302   403    403      302        403     403     403   403      403
/requests/{approvers}/approve/                   POST     302   403    403      403        403     403     403   403      403
/requests/{no_request}/approve/                  POST     302   403    403      404        403     403     403   403      403
/requests/{request}/approve/                     *        302   403    403      405        403     403     403   403      403
/requests/{request}/deny/                        POST     302   403    403      302        403     403     403   403      403
/requests/{approvers}/deny/                      POST     302   403    403      403        403     403     403   403      403
/requests/{no_request}/deny/                     POST     302   403    403      404        403     403     403   403      403
/requests/{request}/deny/                        *        302   403    403      405        403     403     403   403      403
/requests/{request}/withdraw/                    POST     302   302    404      403        403     403     404   403      403
/requests/{request2}/withdraw/                   POST     302   404    302      403        403     403     404   403      403
/requests/{no_request}/withdraw/                 POST     302   404    404      404        403     403     404   403      403
/requests/{request}/withdraw/                    *        302   405    405      405        403     403     405   403      403
/requests/{request}/ask-back/                    POST     302   403    403      302        403     403     403   403      403
/requests/{approvers}/ask-back/                  POST     302   403    403      403        403     403     403   403      403
/requests/{no_request}/ask-back/                 POST     302   403    403      404        403     403     403   403      403
/requests/{request}/ask-back/                    *        302   403    403      405        403     403     403   403      403
/requests/{request}/answer/                      POST     302   409    404      403        403     403     404   403      403
/requests/{no_request}/answer/                   POST     302   404    404      404        403     403     404   403      403
/requests/{request}/answer/                      *        302   405    405      405        403     403     405   403      403

/grants/{grant}/                                 GET      302   200    404      200        200     403     404   200      403
/grants/{grant2}/                                GET      302   404    200      200        200     403     404   200      403
/grants/{no_grant}/                              GET      302   404    404      404        404     403     404   404      403
/grants/{grant}/                                 *        302   405    405      405        405     403     405   405      403
/grants/{grant}/revoke/                          POST     302   302    404      302        403     403     404   302      403
/grants/{grant2}/revoke/                         POST     302   404    302      302        403     403     404   302      403
/grants/{no_grant}/revoke/                       POST     302   404    404      404        404     403     404   404      403
/grants/{grant}/revoke/                          *        302   405    405      405        405     403     405   405      403
/grants/{grant}/extend/                          POST     302   422    404      403        403     403     404   403      403
/grants/{grant2}/extend/                         POST     302   404    422      403        403     403     404   403      403
/grants/{no_grant}/extend/                       POST     302   404    404      404        403     403     404   403      403
/grants/{grant}/extend/                          *        302   405    405      405        403     403     405   403      403
/grants/{grant}/hand-over/                       POST     302   422    404      422        403     403     404   403      403
/grants/{no_grant}/hand-over/                    POST     302   404    404      404        403     403     404   403      403
/grants/{grant}/hand-over/                       *        302   405    405      405        403     403     405   403      403

/audit/                                          GET      302   403    403      403        200     403     403   403      403
/audit/                                          *        302   403    403      403        405     403     403   403      403
/audit/events/{event}/                           GET      302   403    403      403        200     403     403   403      403
/audit/events/{no_event}/                        GET      302   403    403      403        404     403     403   403      403
/audit/events/{event}/                           *        302   403    403      403        405     403     403   403      403
/audit/events/{event}/proof/                     GET      302   403    403      403        404     403     403   403      403
/audit/events/{no_event}/proof/                  GET      302   403    403      403        404     403     403   403      403
/audit/events/{event}/proof/                     *        302   403    403      403        405     403     403   403      403
/audit/checkpoints/                              GET      302   403    403      403        200     403     403   403      403
/audit/checkpoints/                              *        302   403    403      403        405     403     403   403      403
/audit/count/                                    GET      302   403    403      403        200     403     403   403      403
/audit/count/                                    *        302   403    403      403        405     403     403   403      403
/audit/story/                                    GET      302   403    403      403        422     403     403   403      403
/audit/story/                                    *        302   403    403      403        405     403     403   403      403
/audit/integrity/                                GET      302   403    403      403        200     403     403   403      403
/audit/integrity/                                *        302   403    403      403        405     403     403   403      403
/audit/events/{moved}/values/new_email/          GET      302   403    403      403        200     403     403   403      403
/audit/events/{moved}/values/new_email/          POST     302   403    403      403        200     403     403   403      403
/audit/events/{no_event}/values/new_email/       POST     302   403    403      403        404     403     403   403      403
/audit/events/{moved}/values/plan/               GET      302   403    403      403        404     403     403   403      403
/audit/events/{no_event}/values/new_email/       GET      302   403    403      403        404     403     403   403      403
/audit/events/{moved}/values/new_email/          *        302   403    403      403        405     403     403   403      403
/audit/events/{moved}/values/new_email/erase/    POST     302   403    403      403        302     403     403   403      403
/audit/events/{no_event}/values/new_email/erase/ POST     302   403    403      403        404     403     403   403      403
/audit/events/{moved}/values/new_email/erase/    *        302   403    403      403        405     403     403   403      403
/audit/views/                                    POST     302   403    403      403        302     403     403   403      403
/audit/views/                                    *        302   403    403      403        405     403     403   403      403
/audit/views/{view}/share/                       POST     302   403    403      403        302     403     403   403      403
/audit/views/{no_view}/share/                    POST     302   403    403      403        404     403     403   403      403
/audit/views/{view}/share/                       *        302   403    403      403        405     403     403   403      403
/audit/views/{view}/remove/                      POST     302   403    403      403        302     403     403   403      403
/audit/views/{no_view}/remove/                   POST     302   403    403      403        404     403     403   403      403
/audit/views/{view}/remove/                      *        302   403    403      403        405     403     403   403      403
/audit/evidence/                                 GET      302   403    403      403        200     403     403   403      403
/audit/evidence/                                 POST     302   403    403      403        302     403     403   403      403
/audit/evidence/                                 *        302   403    403      403        405     403     403   403      403
/audit/evidence/{pack}/                          GET      302   403    403      403        200     403     403   403      403
/audit/evidence/{no_pack}/                       GET      302   403    403      403        404     403     403   403      403
/audit/evidence/{pack}/                          *        302   403    403      403        405     403     403   403      403
/audit/evidence/{pack}/approve/                  POST     302   403    403      403        403     403     403   403      403
/audit/evidence/{no_pack}/approve/               POST     302   403    403      403        404     403     403   403      403
/audit/evidence/{pack}/approve/                  *        302   403    403      403        405     403     403   403      403
/audit/evidence/{pack}/deny/                     POST     302   403    403      403        403     403     403   403      403
/audit/evidence/{no_pack}/deny/                  POST     302   403    403      403        404     403     403   403      403
/audit/evidence/{pack}/deny/                     *        302   403    403      403        405     403     403   403      403
/audit/evidence/{pack}/file/                     GET      302   403    403      403        409     403     403   403      403
/audit/evidence/{no_pack}/file/                  GET      302   403    403      403        404     403     403   403      403
/audit/evidence/{pack}/file/                     *        302   403    403      403        405     403     403   403      403
/audit/retention/                                GET      302   403    403    403        200     403     403   403      403
/audit/retention/                                *        302   403    403    403        405     403     403   403      403
/audit/retention/holds/                          POST     302   403    403    403        302     403     403   403      403
/audit/retention/holds/                          *        302   403    403    403        405     403     403   403      403
/audit/retention/holds/{hold}/lift/              POST     302   403    403    403        403     403     403   403      403
/audit/retention/holds/{no_hold}/lift/           POST     302   403    403    403        404     403     403   403      403
/audit/retention/holds/{hold}/lift/              *        302   403    403    403        405     403     403   403      403
/audit/checkpoints/latest.txt                    GET      404   404    404      404        404     404     404   404      404
/audit/checkpoints/latest.txt                    *        405   405    405      405        405     405     405   405      405

/policy/                                         GET      302   403    403      403        200     403     403   200      403
/policy/                                         *        302   403    403      403        405     403     403   405      403
/policy/panels/                                  GET      302   403    403      403        200     403     403   200      403
/policy/panels/                                  *        302   403    403      403        405     403     403   405      403
/policy/{policy}/                                GET      302   403    403      403        200     403     403   200      403
/policy/{no_policy}/                             GET      302   403    403      403        404     403     403   404      403
/policy/{policy}/                                *        302   403    403      403        405     403     403   405      403
/policy/{policy}/activate/                       POST     302   403    403      403        409     403     403   403      403
/policy/{no_policy}/activate/                    POST     302   403    403      403        404     403     403   403      403
/policy/{policy}/activate/                       *        302   403    403      403        405     403     403   403      403
/policy/{policy}/panels/billing/                 GET      302   403    403      403        200     403     403   200      403
/policy/{policy}/panels/{no_panel}/              GET      302   403    403      403        404     403     403   404      403
/policy/{no_policy}/panels/billing/              GET      302   403    403      403        404     403     403   404      403
/policy/{policy}/panels/billing/                 *        302   403    403      403        405     403     403   405      403
/policy/{policy}/panels/billing/tickets/         POST     302   403    403      403        403     403     403   302      403
/policy/{policy}/panels/{no_panel}/tickets/      POST     302   403    403      403        403     403     403   404      403
/policy/{no_policy}/panels/billing/tickets/      POST     302   403    403      403        403     403     403   404      403
/policy/{policy}/panels/billing/tickets/         *        302   403    403      403        403     403     403   405      403

/api/v1/openapi.json                             GET      200   200    200      200        200     200     200   200      200
/api/v1/openapi.json                             *        405   405    405      405        405     405     405   405      405
/api/v1/tenants/                                 GET      401   200    200      200        403     200     200   403      403
/api/v1/tenants/                                 *        401   405    405      405        403     405     405   403      403
/api/v1/tenants/{tenant}/                        GET      401   200    200      200        403     200     200   403      403
/api/v1/tenants/{elsewhere}/                     GET      401   200    200      200        403     404     200   403      403
/api/v1/tenants/{no_tenant}/                     GET      401   404    404      404        403     404     404   403      403
/api/v1/tenants/{tenant}/                        *        401   405    405      405        403     405     405   403      403
/api/v1/tenants/{tenant}/panels/jobs/            GET      401   200    200      200        403     200     403   403      403
/api/v1/tenants/{tenant}/panels/import_detail/   GET      401   200    403      403        403     403     403   403      403
/api/v1/tenants/{elsewhere}/panels/jobs/         GET      401   200    200      200        403     404     403   403      403
/api/v1/tenants/{no_tenant}/panels/jobs/         GET      401   404    404      404        403     404     404   403      403
/api/v1/tenants/{tenant}/panels/{no_panel}/      GET      401   404    404      404        403     404     404   403      403
/api/v1/tenants/{tenant}/panels/jobs/            *        401   405    405      405        403     405     405   403      403
/api/v1/cases/{case}/                            GET      401   200    404      200        200     403     404   403      403
/api/v1/cases/{no_case}/                         GET      401   404    404      404        404     403     404   403      403
/api/v1/cases/{case}/                            *        401   405    405      405        405     403     405   403      403
/api/v1/requests/                                GET      401   403    403      200        403     403     403   403      403
/api/v1/requests/                                *        401   403    403      405        403     403     403   403      403
/api/v1/grants/{grant}/                          GET      401   200    404      200        200     403     404   200      403
/api/v1/grants/{no_grant}/                       GET      401   404    404      404        404     403     404   404      403
/api/v1/grants/{grant}/                          *        401   405    405      405        405     403     405   405      403
/api/v1/audit/events/                            GET      401   403    403      403        200     403     403   403      403
/api/v1/audit/events/                            *        401   403    403      403        405     403     403   403      403

/healthz                                         GET      200   200    200      200        200     200     200   200      200
/healthz                                         *        405   405    405      405        405     405     405   405      405
/readyz                                          GET      200   200    200      200        200     200     200   200      200
/readyz                                          *        405   405    405      405        405     405     405   405      405
/metrics                                         GET      200   200    200      200        200     200     200   200      200
/metrics                                         *        405   405    405      405        405     405     405   405      405
"""

ADMIN_OPEN = """
                                                        GET  POST
/admin/                                                 200   200
/admin/logout/                                          405   200
/admin/password_change/                                 302   302
/admin/password_change/done/                            200   405
/admin/autocomplete/                                    403   405
/admin/jsi18n/                                          200   405
/admin/r/{person_type}/{person}/                        404   404
/admin/accounts/                                        200   200
/admin/audit/                                           200   200
/admin/auth/                                            404   404
/admin/auditlog/                                        404   404
/admin/accounts/person/                                 200   200
/admin/accounts/person/add/                             200   200
/admin/accounts/person/{person}/                        302   302
/admin/accounts/person/{person}/change/                 200   200
/admin/accounts/person/{no_person}/change/              302   302
/admin/accounts/person/{person}/history/                200   200
/admin/accounts/person/{person}/delete/                 403   403
/admin/audit/policyversion/                             200   200
/admin/audit/policyversion/add/                         403   403
/admin/audit/policyversion/{policy}/                    302   302
/admin/audit/policyversion/{policy}/change/             200   403
/admin/audit/policyversion/{policy}/history/            200   200
/admin/audit/policyversion/{policy}/delete/             403   403
/admin/accounts/rolemembership/                         200   200
/admin/accounts/rolemembership/add/                     200   200
/admin/accounts/rolemembership/{no_person}/             302   302
/admin/accounts/rolemembership/{no_person}/change/      302   403
/admin/accounts/rolemembership/{no_person}/history/     302   302
/admin/accounts/rolemembership/{no_person}/delete/      403   403
/admin/accounts/standingright/                          200   200
/admin/accounts/standingright/add/                      200   200
/admin/accounts/standingright/{no_person}/              302   302
/admin/accounts/standingright/{no_person}/change/       302   302
/admin/accounts/standingright/{no_person}/history/      302   302
/admin/accounts/standingright/{no_person}/delete/       403   403
/admin/accounts/apitoken/                               200   200
/admin/accounts/apitoken/add/                           403   403
/admin/accounts/apitoken/{no_person}/                   302   302
/admin/accounts/apitoken/{no_person}/change/            302   403
/admin/accounts/apitoken/{no_person}/history/           302   302
/admin/accounts/apitoken/{no_person}/delete/            403   403
/admin/audit/event/                                     200   200
/admin/audit/event/add/                                 403   403
/admin/audit/event/{no_person}/                         302   302
/admin/audit/event/{no_person}/change/                  302   403
/admin/audit/event/{no_person}/history/                 302   302
/admin/audit/event/{no_person}/delete/                  403   403
/admin/grants/                                          200   200
/admin/grants/consentmode/                              200   200
/admin/grants/consentmode/add/                          200   200
/admin/grants/consentmode/{no_person}/                  302   302
/admin/grants/consentmode/{no_person}/change/           302   403
/admin/grants/consentmode/{no_person}/history/          302   302
/admin/grants/consentmode/{no_person}/delete/           403   403
/admin/{no_page}                                        404   404
"""
"""Django admin's pages: what an administrator gets. Everybody else is refused on all of them, and nobody is sent to sign in."""

ADMIN_CLOSED = ("/admin/auth/group/", "/admin/auditlog/logentry/")
"""Tables of Django admin that nobody opens, on any page below, an administrator neither."""


@dataclass(frozen=True)
class Row:
    """One line of the table: statuses in the order of ROLES."""

    path: str
    methods: tuple[str, ...]
    statuses: tuple[int, ...]

    def __str__(self) -> str:
        return f"{'+'.join(self.methods)} {self.path}"


def rows() -> list[Row]:
    """Return the grid, with `*` spelled out. A status missing or a row written twice raises."""
    lines = [line.split() for line in GRID.strip().splitlines()[1:] if line.strip()]
    named: dict[str, set[str]] = {}
    for path, method, *_ in lines:
        if method != "*":
            named.setdefault(path, set()).add(method)
    found = []
    for path, method, *statuses in lines:
        methods = tuple(m for m in METHODS if m not in named.get(path, ())) if method == "*" else (method,)
        found.append(Row(path, methods, tuple(map(int, statuses))))
    assert all(len(row.statuses) == len(ROLES) for row in found)
    assert len({str(row) for row in found}) == len(found)
    return found


def admin_pages() -> dict[str, dict[str, int]]:
    """Return path -> method -> status of Django admin for an administrator."""
    lines = [line.split() for line in ADMIN_OPEN.strip().splitlines()[1:] if line.strip()]
    return {path: {"GET": int(get), "POST": int(post)} for path, get, post in lines}
