create table operator (id integer primary key, name text, live integer, country text, mail_domains text, deleted_at text);
create table site (id integer primary key, operator_id integer, titles text, tags text, currency text, zone text);
create table locker (id integer primary key, site_id integer, "order" integer, state text);
create table parcel (id text primary key, locker_id integer, state integer, fee_minor integer, recipient_email text, arrived_at text,
  scanned_at text, collected_at text, collect_by text, callback_url text, meta text, note text, is_test integer default 0,
  deleted_at text);
create table currency (id integer primary key, code text);
create table tariff (operator_id integer, price text, currency_id integer);
create table setting (operator_id integer, "key" text, "value" text);
create table person (id integer primary key, email text, phone text);
create table membership (person_id integer, operator_id integer, role text, since text);
create table message (operator_id integer, sent_at text, subject text, body text);
insert into operator values
  (1, 'Harbour <b>"Boxes"</b>', 1, 'eu', '{harbour.example,boxes.example}', null),
  (2, 'Hill Lockers', 1, 'ap', '', null), (3, 'Hill Lockers', 0, 'me', '', null),
  (4, 'خزائن الميناء', 1, 'me', '', null), (5, printf('%.100c', 'x'), 1, 'eu', '', null), (6, 'Gone', 1, 'eu', '', '2025-01-01');
insert into site values (10, 1, '{"de": "Bahnhof", "en": "Station"}', '{indoor,24h}', 'EUR', 'Europe/Berlin'),
  (11, 1, '{"en": "Airport"}', '{}', 'CHF', 'Europe/Zurich'), (20, 2, '{"de": "Hafen"}', '{}', 'JPY', 'Asia/Tokyo'),
  (30, 3, '{"en": "Souk"}', '{mall}', 'KWD', 'Asia/Kuwait');
insert into locker values (100, 10, 1, 'U'), (101, 10, 2, 'D'), (102, 10, 3, 'Q'), (110, 11, 1, 'F'), (200, 20, 1, 'F'), (300, 30, 1, 'U');
insert into parcel values
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a01', 100, 2, 499, 'jo@reader.example', '2026-11-20 08:15:00', '2026-11-20 09:15:00', null,
   '27.11.2026', 'https://hook:pw-harbour-1@hooks.example/in?token=url-secret-22', '{"box": {"size": "M"}}', '100% ::{late}', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a02', 100, 3, 250, null, '2026-11-19 08:15:00', '2026-11-19 09:15:00', '2026-11-19T18:05:00+01:00',
   '26.11.2026', null, '{"box": ', '', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a03', 100, 1, 1, null, '2026-11-18 08:15:00', null, null, null, null, null, '', 1, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a04', 100, 1, 1, null, '2026-11-18 08:15:00', null, null, null, null, null, '', 0, '2026-11-19'),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a05', 110, 3, 300, null, '2026-11-17 08:15:00', null, null, null, null, null, '', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7b01', 200, 9, 500, null, '2026-11-20 08:15:00', '2026-11-20 17:15:00', null, null, null, null, '', 0, null),
  ('6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7c01', 300, 2, 1250, null, '2026-11-20 08:15:00', null, null, null, null, null, '', 0, null);
insert into currency values (1, 'EUR'), (2, 'JPY'), (3, 'KWD');
insert into tariff values (1, '49.90', 1), (2, '8000', 2), (3, '12.500', 3);
insert into setting values (1, 'theme', 'dark'), (1, 'gateway_password', 'harbour-pass-77'), (1, 'owner_email', 'owner@harbour.example'),
  (1, 'opening_hours', '06-23'), (1, 'greeting', 'Write to us with key AKIAIOSFODNN7EXAMPLE'), (2, 'gateway_password', '');
insert into person values (1, 'desk@boxes.example', '+49 151 2345678'), (2, 'night@harbour.example', null);
insert into membership values (1, 1, 'T', '2024-03-01'), (2, 1, 'Z', '2025-06-15'), (1, 2, 'T', '2026-01-01');
insert into message values
  (1, '2026-11-20 08:16:00', 'Your parcel is here', 'Dear jo@reader.example, open the door at https://boxes.example/open?token=mail-secret-19'),
  (1, '2026-11-20 08:17:00', 'Gateway answered', 'Authorization: Bearer gateway-bearer-8c1f0b7d2e5a');
