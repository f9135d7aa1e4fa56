staff-mail-heading = “I got no mail”
staff-mail-lead = What became of every e-mail to an address, and what to do about it.
staff-mail-label = E-mail address, or name
staff-mail-nobody = Nobody on file
staff-mail-nobody-hint = No profile has this. Ask how the company writes it. If the person is missing, find their company and add them there.
staff-mail-company = Find a company
staff-mail-address = What was sent to {$email}
staff-mail-nothing = Nothing was sent there in the last 60 days, and nobody asked for a link to it in the last 30.
staff-mend = Correct the address
staff-mend-heading = Correct the e-mail address
staff-mend-text = The current address is told, and links that were sent there stop working.
staff-mend-same = This is the current address
staff-add-heading = Add a person
staff-add-text = A new profile at {$company}, as if an administrator had added it.
staff-reason-wrong = Enter a reason of 3 to 1000 characters
mailing-heading = E-mails
mailing-none = No e-mail in the last 60 days.
mailing-letters = E-mails of the last 60 days, newest first
mailing-letter = E-mail
mailing-made = Written
mailing-to = to {$email}
mailing-claim = Link that was asked for
mailing-invitation = Invitation
mailing-notice = Notice
mailing-proof = Confirmation of a new address
mailing-bulletin = What somebody asked for
mailing-issue = Newsletter
mailing-queued = About to leave
mailing-waits = Waiting:
mailing-sent = Sent
mailing-delayed = Sent, on its way:
mailing-given-up = Not sent:
mailing-returned = Came back:
claims-heading = Links asked for with this address
claims-nobody = no profile had this address
claims-found = a link was sent to each profile with this address, within the limits
claims-waits = not looked yet
ago-minutes =
    { $number ->
        [0] just now
        [one] one minute ago
       *[other] {$number} minutes ago
    }
ago-hours =
    { $number ->
        [one] one hour ago
       *[other] {$number} hours ago
    }
ago-days =
    { $number ->
        [one] one day ago
       *[other] {$number} days ago
    }
