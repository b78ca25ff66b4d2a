-- Quillfold: an invoicing product that nobody sells. Its tables are shaped as a real product's are:
-- some rows carry their tenant, some reach it through a join, and secrets stand beside ordinary columns.

create table plans (
    code text primary key,
    name text not null,
    price_minor integer not null,
    seats integer not null,
    invites_per_day integer not null,
    features text[] not null
);

create table features (
    code text primary key,
    name text not null
);

create table tenants (
    id uuid primary key,
    slug text not null unique,
    name text not null,
    environment text not null check (environment in ('production', 'test')),
    region text not null check (region in ('eu', 'us', 'ap')),
    status text not null check (status in ('active', 'trialing', 'trial_ended', 'past_due', 'closed')),
    country text not null,
    time_zone text not null,
    settings jsonb not null default '{}',
    created_at timestamptz not null,
    deleted_at timestamptz
);

create table tenant_domains (
    domain text not null,
    tenant_id uuid not null references tenants,
    verified_at timestamptz,
    primary key (domain, tenant_id)
);
create index on tenant_domains (tenant_id);

create table users (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    email text not null,
    display_name text not null,
    phone text,
    role text not null check (role in ('owner', 'admin', 'accountant', 'viewer')),
    status text not null check (status in ('active', 'invited', 'deactivated')),
    password_hash text,
    two_factor boolean not null,
    created_at timestamptz not null,
    last_sign_in_at timestamptz,
    unique (tenant_id, email)
);

create table user_groups (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    name text not null,
    unique (tenant_id, name)
);

create table group_members (
    group_id uuid not null references user_groups,
    user_id uuid not null references users,
    primary key (group_id, user_id)
);
create index on group_members (user_id);

create table invites (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    email text not null,
    role text not null,
    status text not null check (status in ('sent', 'held', 'accepted', 'expired')),
    hold_reason text check (hold_reason in ('daily_limit', 'no_seat')),
    token text not null,
    invited_at timestamptz not null,
    next_try_at timestamptz
);
create index on invites (tenant_id, invited_at desc);

create table send_limits (
    tenant_id uuid not null references tenants,
    kind text not null,
    used_24h integer not null,
    allowed_24h integer not null,
    reached_at timestamptz,
    frees_at timestamptz,
    counted_at timestamptz not null,
    primary key (tenant_id, kind)
);

create table sso_connections (
    tenant_id uuid primary key references tenants,
    provider text not null,
    status text not null check (status in ('active', 'failing', 'off')),
    entity_id text not null,
    certificate_we_hold text not null,
    certificate_they_sign_with text not null,
    certificate_expires_at timestamptz not null,
    certificate_changed_at timestamptz,
    client_secret text not null,
    last_ok_at timestamptz,
    last_error text
);

create table api_tokens (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    name text not null,
    token text not null,
    status text not null check (status in ('active', 'revoked')),
    created_at timestamptz not null,
    last_used_at timestamptz
);
create index on api_tokens (tenant_id);

create table entitlements (
    tenant_id uuid primary key references tenants,
    plan_code text not null references plans,
    seats integer not null,
    applied_at timestamptz not null
);

create table entitlement_features (
    tenant_id uuid not null references tenants,
    feature text not null references features,
    state text not null check (state in ('on', 'locked')),
    reason text check (reason in ('payment_failed', 'not_in_plan', 'trial_ended')),
    changed_at timestamptz not null,
    primary key (tenant_id, feature)
);

create table billing_accounts (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    number text not null unique,
    legal_name text not null,
    billing_email text not null,
    tax_id text,
    currency char(3) not null,
    active_from timestamptz not null,
    active_until timestamptz
);
create index on billing_accounts (tenant_id, active_from desc);

create table payment_methods (
    id uuid primary key,
    billing_account_id uuid not null references billing_accounts,
    brand text not null,
    last4 char(4) not null,
    expires_on date not null,
    holder text not null,
    provider_token text not null
);
create index on payment_methods (billing_account_id);

create table subscriptions (
    id uuid primary key,
    tenant_id uuid not null unique references tenants,
    plan_code text not null references plans,
    status text not null check (status in ('active', 'trialing', 'trial_ended', 'past_due', 'canceled')),
    seats integer not null,
    amount_minor integer not null,
    currency char(3) not null,
    changed_at timestamptz not null,
    trial_ends_at timestamptz,
    renews_at timestamptz
);

create table billing_invoices (
    number text primary key,
    billing_account_id uuid not null references billing_accounts,
    state char(1) not null check (state in ('O', 'P', 'V', 'U')),
    total_minor integer not null,
    currency char(3) not null,
    issued_at timestamptz not null,
    due_on date not null
);
create index on billing_invoices (billing_account_id, issued_at desc);

create table charges (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    invoice_number text not null references billing_invoices,
    amount_minor integer not null,
    currency char(3) not null,
    status text not null check (status in ('succeeded', 'failed', 'pending', 'refunded')),
    failure_code text,
    card_brand text not null,
    card_last4 char(4) not null,
    created_at timestamptz not null,
    retry_at timestamptz
);
create index on charges (tenant_id, created_at desc);

create table refunds (
    id uuid primary key,
    charge_id uuid not null references charges,
    amount_minor integer not null,
    status text not null check (status in ('pending', 'succeeded', 'failed')),
    reason text not null,
    requested_at timestamptz not null,
    expected_by timestamptz not null,
    completed_at timestamptz
);
create index on refunds (charge_id);

create table invoices (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    number text not null,
    customer_name text not null,
    customer_email text not null,
    total_minor integer not null,
    currency char(3) not null,
    status text not null check (status in ('draft', 'sent', 'paid', 'overdue')),
    created_at timestamptz not null,
    due_on date not null,
    unique (tenant_id, number)
);
create index on invoices (tenant_id, created_at desc);

create table imports (
    id bigint primary key,
    tenant_id uuid not null references tenants,
    kind text not null check (kind in ('customers', 'invoices', 'products')),
    file_name text not null,
    status text not null check (status in ('queued', 'running', 'done', 'stopped', 'failed')),
    rows_total integer not null,
    rows_done integer not null,
    error_row integer,
    error_text text,
    error_value text,
    requested_by uuid references users,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
);
create index on imports (tenant_id, started_at desc);

create table integrations (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    kind text not null,
    provider text not null,
    status text not null check (status in ('connected', 'needs_sign_in', 'off')),
    access_token text not null,
    connected_at timestamptz not null,
    last_ok_at timestamptz
);
create index on integrations (tenant_id);

create table sync_kinds (
    code text primary key,
    name text not null,
    normal_minutes integer not null
);

create table sync_jobs (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    kind text not null references sync_kinds,
    status text not null check (status in ('queued', 'running', 'done', 'delayed', 'failed')),
    stage text not null,
    percent integer not null check (percent between 0 and 100),
    attempts integer not null,
    error_text text,
    queued_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
);
create index on sync_jobs (tenant_id, kind, queued_at desc);

create table feature_flags (
    key text primary key,
    name text not null,
    description text not null,
    on_by_default boolean not null
);

create table flag_overrides (
    id uuid primary key,
    flag_key text not null references feature_flags,
    tenant_id uuid not null references tenants,
    group_id uuid references user_groups,
    enabled boolean not null,
    changed_at timestamptz not null,
    changed_by uuid references users,
    unique nulls not distinct (flag_key, tenant_id, group_id)
);
create index on flag_overrides (tenant_id);

create table incidents (
    id integer primary key,
    title text not null,
    area text not null,
    region text not null,
    severity text not null check (severity in ('minor', 'major')),
    status text not null check (status in ('investigating', 'identified', 'monitoring', 'resolved')),
    workaround text,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    resolved_at timestamptz
);
create index on incidents (region, started_at desc);

create table email_deliveries (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    kind text not null,
    recipient text not null,
    subject text not null,
    body_head text not null,
    status text not null check (status in ('delivered', 'bounced', 'deferred', 'held')),
    reason text,
    at timestamptz not null
);
create index on email_deliveries (tenant_id, at desc);

create table webhook_endpoints (
    id uuid primary key,
    tenant_id uuid not null references tenants,
    url text not null,
    secret text not null,
    status text not null check (status in ('active', 'failing', 'disabled')),
    created_at timestamptz not null,
    last_ok_at timestamptz,
    disabled_at timestamptz
);
create index on webhook_endpoints (tenant_id);

create table webhook_deliveries (
    id bigint generated always as identity primary key,
    endpoint_id uuid not null references webhook_endpoints,
    event text not null,
    status_code integer,
    duration_ms integer not null,
    attempt integer not null,
    payload jsonb not null,
    at timestamptz not null
);
create index on webhook_deliveries (endpoint_id, at desc);

create table api_requests (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    token_id uuid references api_tokens,
    method text not null,
    path text not null,
    status_code integer not null,
    duration_ms integer not null,
    at timestamptz not null
);
create index on api_requests (tenant_id, at desc);

create table sign_ins (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    user_id uuid not null references users,
    method text not null check (method in ('password', 'sso')),
    outcome text not null check (outcome in ('ok', 'failed')),
    failure_code text,
    ip inet not null,
    user_agent text not null,
    at timestamptz not null
);
create index on sign_ins (tenant_id, at desc);
create index on sign_ins (user_id, at desc);

create table settings_changes (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    changed_by uuid references users,
    setting text not null,
    old_value text,
    new_value text,
    is_secret boolean not null,
    at timestamptz not null
);
create index on settings_changes (tenant_id, at desc);

create table account_notes (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants,
    written_by text not null,
    body text not null,
    at timestamptz not null
);
create index on account_notes (tenant_id, at desc);
