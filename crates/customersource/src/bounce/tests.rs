//! Reports as postfix, exim and exchange write them.
use super::*;

const ID: &str = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

fn id() -> MailingId {
    MailingId(ID.parse().unwrap())
}

fn crlf(text: &str) -> Vec<u8> {
    text.trim_start().replace('\n', "\r\n").into_bytes()
}

/// Postfix: the whole letter comes back; the address that it came to has the name.
pub fn postfix(to: &str, action: &str, status: &str, diagnostic: &str, message_id: &str) -> Vec<u8> {
    crlf(&format!(
        "
Received: by mx.contoso.example (Postfix)
\tid 4F1D22A0C1; Sat, 28 Nov 2026 09:10:11 +0000 (UTC)
Date: Sat, 28 Nov 2026 09:10:11 +0000 (UTC)
From: MAILER-DAEMON@contoso.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary=\"4F1D22A0C1.1764321011/mx.contoso.example\"
Message-Id: <20261128091011.5D1A72A0C2@mx.contoso.example>

This is a MIME-encapsulated message.

--4F1D22A0C1.1764321011/mx.contoso.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.contoso.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

--4F1D22A0C1.1764321011/mx.contoso.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.contoso.example
X-Postfix-Queue-ID: 4F1D22A0C1
X-Postfix-Sender: rfc822; no-reply@portal.example
Arrival-Date: Sat, 28 Nov 2026 09:10:10 +0000 (UTC)

Final-Recipient: rfc822; ann@contoso.example
Original-Recipient: rfc822;ann@contoso.example
Action: {action}
Status: {status}
Remote-MTA: dns; in.contoso.example
Diagnostic-Code: {diagnostic}

--4F1D22A0C1.1764321011/mx.contoso.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <no-reply@portal.example>
From: CustomerSource <no-reply@portal.example>
To: ann@contoso.example
Subject: An invitation
Message-ID: <{message_id}>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello

--4F1D22A0C1.1764321011/mx.contoso.example--
"
    ))
}

/// Exim: only the headers come back.
fn exim(message_id: &str) -> Vec<u8> {
    crlf(&format!(
        "
Return-path: <>
Envelope-to: bounces@portal.example
X-Failed-Recipients: ann@contoso.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.contoso.example>
To: bounces@portal.example
Content-Type: multipart/report; report-type=delivery-status; boundary=1764321011-eximdsn-1804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1vOabc-0001Xy-2k@mx.contoso.example>
Date: Sat, 28 Nov 2026 09:10:11 +0000

--1764321011-eximdsn-1804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

  ann@contoso.example
    host in.contoso.example [203.0.113.7]
    SMTP error from remote mail server after RCPT TO:<ann@contoso.example>:
    550 5.1.1 <ann@contoso.example>: Recipient address rejected: User unknown

--1764321011-eximdsn-1804289383
Content-type: message/delivery-status

Reporting-MTA: dns; mx.contoso.example

Action: failed
Final-Recipient: rfc822;ann@contoso.example
Status: 5.0.0
Remote-MTA: dns; in.contoso.example
Diagnostic-Code: smtp; 550 5.1.1 <ann@contoso.example>: Recipient address rejected: User unknown

--1764321011-eximdsn-1804289383
Content-type: text/rfc822-headers

Return-path: <bounces@portal.example>
From: CustomerSource <no-reply@portal.example>
To: ann@contoso.example
Subject: An invitation
Message-ID: <{message_id}>

--1764321011-eximdsn-1804289383--
"
    ))
}

/// Exchange: the report answers to the letter; a part in HTML comes first.
fn exchange(message_id: &str) -> Vec<u8> {
    crlf(&format!(
        "
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.onmicrosoft.example>
To: <bounces@portal.example>
Date: Sat, 28 Nov 2026 09:10:11 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary=\"7d1e5a60-2c2f-4c55-9f9b-8e6f0b5a6b1a\"
Content-Language: en-US
Message-ID: <5f0e2c57-5a40-4a9c-a1f7-0d3b5a7f10aa@AM0PR01MB1234.eurprd01.prod.exchange.example>
In-Reply-To: <{message_id}>
References: <{message_id}>
Subject: Undeliverable: An invitation
Auto-Submitted: auto-replied
MIME-Version: 1.0

--7d1e5a60-2c2f-4c55-9f9b-8e6f0b5a6b1a
Content-Type: text/html; charset=\"us-ascii\"
Content-Transfer-Encoding: quoted-printable

<html><body><p>Your message to ann@contoso.example couldn't be delivered.</p></body></html>

--7d1e5a60-2c2f-4c55-9f9b-8e6f0b5a6b1a
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01MB1234.eurprd01.prod.exchange.example
Received-From-MTA: dns;mail.portal.example
Arrival-Date: Sat, 28 Nov 2026 09:10:10 +0000

Final-Recipient: rfc822;ann@contoso.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
 ann@contoso.example not found by SMTP address lookup

--7d1e5a60-2c2f-4c55-9f9b-8e6f0b5a6b1a--
"
    ))
}

const OURS: &str = "bounces+0193a1b2c3d47e5f8a9b0c1d2e3f4a5b@portal.example";

#[test]
fn a_report_of_each_make_names_its_letter_and_says_why() {
    let own = format!("{ID}@portal.example");
    let unknown = "smtp; 550 5.1.1 <ann@contoso.example>: User unknown";
    for raw in [
        postfix(OURS, "failed", "5.1.1", unknown, "stripped@elsewhere.example"),
        postfix("no-reply@portal.example", "failed", "5.1.1", unknown, &own),
        exim(&own),
        exchange(&own),
    ] {
        let report = read(&raw).unwrap();
        assert_eq!(report.letters, [id()], "{report:?}");
        assert_eq!(report.fate, Fate::Returned { is_hard: true }, "{report:?}");
        assert!(!report.why.contains("ann@"), "{report:?}");
        let why = mail::Why::of(&report.why);
        assert_eq!(why, mail::Why::NoMailbox, "{report:?}");
    }
}

#[test]
fn only_what_is_about_the_recipient_is_hard() {
    for (action, status, diagnostic, fate) in [
        ("failed", "5.2.2", "smtp; 552 5.2.2 Mailbox full", Fate::Returned { is_hard: false }),
        ("failed", "5.7.1", "smtp; 554 5.7.1 blocked using zen", Fate::Returned { is_hard: false }),
        ("failed", "5.0.0", "smtp; 550 spam message rejected", Fate::Returned { is_hard: false }),
        ("failed", "4.4.7", "smtp; delivery time expired", Fate::Returned { is_hard: false }),
        ("failed", "5.2.1", "smtp; 550 5.2.1 disabled", Fate::Returned { is_hard: true }),
        ("failed", "5.4.4", "X-Postfix; Host or domain name not found", Fate::Returned { is_hard: true }),
        ("delayed", "4.4.1", "X-Postfix; connect to in.contoso.example: timed out", Fate::Delayed),
        ("delivered", "2.0.0", "smtp; 250 2.0.0 Ok", Fate::Fine),
        ("relayed", "2.0.0", "smtp; 250 2.0.0 Ok", Fate::Fine),
    ] {
        let report = read(&postfix(OURS, action, status, diagnostic, "x@y.example")).unwrap();
        assert_eq!(report.fate, fate, "{action} {status} {diagnostic}");
    }
}

#[test]
fn what_is_no_report_is_none_and_made_up_names_name_nothing() {
    let holiday = crlf("From: ann@contoso.example\nTo: x\nSubject: Away\n\nI am away until Monday.\n");
    for raw in [holiday, vec![], b"\0\xff\xfe".to_vec(), crlf("Content-Type: multipart/report\n\n")] {
        assert_eq!(read(&raw), None);
    }
    let report = read(&postfix("x@portal.example", "failed", "5.1.1", "smtp; 550 no", "a@b.example"));
    assert_eq!(report.unwrap().letters, []);
    let whole = postfix(OURS, "failed", "5.1.1", "smtp; 550 no", "a@b.example");
    for end in 0..whole.len() {
        let _ = read(&whole[..end]);
    }
}
