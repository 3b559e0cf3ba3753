alter table sms add column erreur varchar(200) not null default '';
