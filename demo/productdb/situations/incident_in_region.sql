-- Invoices are printed slowly for everybody in this tenant's region, since two hours ago.
insert into incidents
select max(i.id) + 1, 'Printing invoices as PDF is slow', 'pdf', t.region, 'major', 'identified',
       'Send the link to the invoice; the PDF follows within the hour.', %(now)s - interval '2 hours',
       %(now)s - interval '25 minutes', null
from tenants t, incidents i where t.id = %(tenant)s group by t.region;
