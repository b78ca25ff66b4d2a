"""Django admin's tables, found here by Django; what they do is in `accounts.administering`."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

from accounts.administering.holding import RightAdmin, RoleAdmin, TokenAdmin
from accounts.administering.log import EventAdmin, PolicyVersionAdmin
from accounts.administering.people import PersonAdmin
from accounts.models import ApiToken, Person, RoleMembership, StandingRight
from audit.models import Event, PolicyVersion

admin.site.register(Person, PersonAdmin)
admin.site.register(RoleMembership, RoleAdmin)
admin.site.register(StandingRight, RightAdmin)
admin.site.register(ApiToken, TokenAdmin)
admin.site.register(PolicyVersion, PolicyVersionAdmin)
admin.site.register(Event, EventAdmin)
for _model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(_model)  # allauth's own pages write without verbs and events
