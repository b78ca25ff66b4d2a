create table operator (id integer primary key, name text, live integer, country text, mail_domains text, deleted_at text);
create table site (id integer primary key, operator_id integer, titles text, tags text, currency text);
create table locker (id integer primary key, site_id integer, "order" integer, state text);
create table parcel (id text primary key, locker_id integer, state integer, fee_minor integer, recipient_email text, arrived_at text,
  collect_by text, callback_url text, meta text, note text, is_test integer default 0, deleted_at text);
create table currency (id integer primary key, code text);
create table tariff (operator_id integer, price text, currency_id integer);
create table setting (operator_id integer, "key" text, "value" text);
insert into operator values
  (1, 'Harbour <b>"Boxes"</b>', 1, 'eu', '{harbour.example,boxes.example}', null),
  (2, 'Hill Lockers', 1, 'ap', '', null), (3, 'Hill Lockers', 0, 'me', '', null),
  (4, 'خزائن الميناء', 1, 'me', '', null), (5, printf('%.100c', 'x'), 1, 'eu', '', null), (6, 'Gone', 1, 'eu', '', '2025-01-01');
insert into site values (10, 1, '{"de": "Bahnhof", "en": "Station"}', '{indoor,24h}', 'EUR'),
  (20, 2, '{"de": "Hafen"}', '{}', 'JPY'), (30, 3, '{"en": "Souk"}', '{mall}', 'KWD');
insert into locker values (100, 10, 1, 'U'), (101, 10, 2, 'D'), (102, 10, 3, 'Q'), (200, 20, 1, 'F'), (300, 30, 1, 'U');
insert into parcel values
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a01', 100, 2, 499, 'jo@reader.example', '2026-11-20 08:15:00', '27.11.2026',
   'https://hook:pw-harbour-1@hooks.example/in?token=url-secret-22', '{"box": {"size": "M"}}', '100% ::{late}', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a02', 100, 3, 250, null, '2026-11-19 08:15:00', '26.11.2026', null, '{"box": ', '', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a03', 100, 1, 1, null, '2026-11-18 08:15:00', null, null, null, '', 1, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a04', 100, 1, 1, null, '2026-11-18 08:15:00', null, null, null, '', 0, '2026-11-19'),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7b01', 200, 9, 500, null, '2026-11-20 08:15:00', null, null, null, '', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7c01', 300, 2, 1250, null, '2026-11-20 08:15:00', null, null, null, '', 0, null);
insert into currency values (1, 'EUR'), (2, 'JPY'), (3, 'KWD');
insert into tariff values (1, '49.90', 1), (2, '8000', 2), (3, '12.500', 3);
insert into setting values (1, 'theme', 'dark'), (1, 'gateway_password', 'harbour-pass-77'), (1, 'owner_email', 'owner@harbour.example'),
  (1, 'opening_hours', '06-23'), (2, 'gateway_password', '');
