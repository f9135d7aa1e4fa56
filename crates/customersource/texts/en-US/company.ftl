save = Save
cancel = Cancel
search = Search
yes = Yes
no = No
never = Never
copy = Copy
copied = Copied
page-first = First page
send-invite = Send Invite E-mail
withdraw-invite = Withdraw invitation
unreachable = Not seen for 90 days

personal-heading = Personal Profile
personal-invite-heading = Use another {$passport}
personal-invite-text = Verify that your e-mail address is correct and saved. After receiving the e-mail, sign in to the {$passport} you’d like to use and click on the link in it. Until then everything stays as it is.

professionals-heading = Our {$portal} Accounts
professionals-lead = Keep this list up to date: everybody here can be invited to use {$portal} for your company.
professionals-add = Add New Professionals
professionals-export = Download as a table (CSV)
professionals-search = Name or e-mail address
professionals-none = Nobody found
only-everybody = Everybody
only-never-signed-in = Never signed in
only-removed = Removed
professionals-all = Show everybody

history-heading = History
history-lead = What was done with the profiles of {$company}, by whom and when.

csv-first-name = First name
csv-last-name = Last name
csv-email = E-mail address
csv-standing = State
csv-last-visit = Last visit
csv-invitation = Last invitation
csv-invited = Invited on

standing-not-invited = Not invited
standing-invited = Invited
standing-associated = Associated
standing-expired = Invitation expired

fared-none = None
fared-on-its-way = On its way
fared-sent = Sent
fared-accepted = Accepted
fared-declined = Declined: “This wasn’t me”
fared-replaced = Replaced by a newer one
fared-withdrawn = Withdrawn
fared-expired = Expired
fared-undeliverable = Undeliverable

person-first-name-wrong = Enter a first name of one line, at most 100 characters
person-last-name-wrong = Enter a last name of one line, at most 100 characters
person-name-link = Enter a name: no e-mail address, no link
person-administrator-hint = Administrators manage the profiles of your company and their access.
person-invite = Send Invite E-mail to this {$portal} user to associate their {$network} to this profile
person-invite-heading = Invitation
person-invite-text = The e-mail goes to the saved address: {$email}. If you have changed it above, save first.
person-access-heading = Access
person-end = End this association
person-end-text = The {$passport} loses this profile at once. The profile stays, and can be invited again.
person-remove = Remove this profile
person-unreachable = Nobody has used this administrator’s profile for 90 days. If the person has left, make somebody else administrator, or write to
person-same-address = Others in your company have the same e-mail address. Each profile gets e-mails of its own.
person-last-administrator = Your company needs an administrator. Mark somebody else as Administrator first. If that is not possible, our support can help.
person-conflict = Somebody else saved this profile while you were editing it. Your changes were not saved. Compare them, and save again if yours are right.
person-conflict-theirs = This is what is saved now; the form below has what you entered:

remove-heading = Remove this profile?
remove-text = The person loses access at once: the association, open sessions and invitations end. What they wrote stays.
remove-button = Remove

leave-heading = Give up this profile
leave-text = The profile of {$person} at {$company} stays, but your {$passport} can no longer use it. An administrator of your company can invite you again.
leave-last = Nobody else administers {$company}. Make somebody else an administrator first: afterwards nobody there can invite people or change anything.
leave-last-text = The profile of {$person} at {$company} stays, but your {$passport} can no longer use it. Only our support can bring you back.
leave-passport = You are signed in as {$label}.
leave-button = Give up

done-saved = The profile is saved.
done-saved-withdrawn = The profile is saved. Its e-mail address has changed, so the invitation that went to the old address no longer works. Send a new one below.
done-added = The profile is added. No e-mail was sent.
done-invited = The invitation is on its way.
done-saved-invited = The profile is saved, and the invitation is on its way.
done-added-invited = The profile is added, and the invitation is on its way.
done-saved-too-soon = The profile is saved. No invitation was sent, because the last one was sent less than a minute ago.
done-saved-too-many = The profile is saved. No invitation was sent, because as many were sent to this person, or by your company, as can be for now. “Send Invite E-mail” on this page says when the next one can go.
done-saved-declined = The profile is saved. No invitation was sent, because whoever reads this e-mail address said that the last one was not for them. Check the address; it can be invited again a day later.
done-withdrawn = The invitation is withdrawn. Its link no longer works.
done-ended = The association is ended.
done-removed = The profile is removed.
done-too-soon = The last invitation was sent less than a minute ago. Nothing was sent.
done-declined = Whoever reads this e-mail address said that the last invitation was not for them. Check the address; it can be invited again a day later. Nothing was sent.
done-nothing = There was nothing left to do.

not-administrator-heading = Only for administrators
not-administrator-text = The profile that you are using does not administer its company. Ask an administrator. If you have several profiles, another one may.

switch-heading = Switch profile

decline-heading = This wasn’t me
decline-text = You received an e-mail from {$portal} with a link to a profile at {$company}, and you did not ask for it. Tell us, and the link stops working.
decline-sure = I did not ask for this, or it is not meant for me
decline-tick = Tick the box to say that it was not you
decline-button = Decline
declined-heading = Thank you for telling us
declined-text = The link no longer works, and the company’s administrators are told.

undo-heading = End an association
undo-text = The {$portal} profile of {$person} at {$company} was associated by an invitation. If that was not the right person, end it: the {$passport} loses the profile at once.
undo-done = The {$portal} profile of {$person} at {$company} is no longer associated.

link-taken-heading = This profile is in use
link-taken-text = It is associated with another {$passport} already. Sign in with that one, or ask an administrator of your company for an invitation.
link-other-address-heading = This {$passport} has another e-mail address
link-other-address-text = A profile can be associated only with a {$passport} whose verified e-mail address is the one on file for the profile. Sign out, sign in with that {$passport}, and open the link again. It can still be used.
link-not-for-staff-heading = Not with a staff account
link-not-for-staff-text = You are signed in with a {$passport} of our staff, and staff do not act for customers. The link can still be used by the person it was sent to.
sign-in-not-recent-heading = Please enter your password again
sign-in-not-recent-text = For this page you must enter your password again, and that did not happen. Nothing has changed. Go to the home page and try again.

unreachable-company = Nobody who administers {$company} has used {$portal} for 90 days. If your {$portal} administrator is no longer with your organization, contact us for assistance in declaring a different individual as the administrator:
unreachable-staff = No administrator of this company has used the portal for 90 days. If somebody asks, open a case below.
done-saved-asked = Saved. The new e-mail address counts once you open the link that we have sent to it, within 24 hours. Until then everything goes to the current one.
done-address = The new e-mail address counts from now on. The former one was told.
personal-waits = {$email} is not confirmed yet: open the link that we have sent there. Save it again to get another one.
address-heading = Confirm the new e-mail address
address-new = New e-mail address
address-former = Current e-mail address
address-text = Links and notices about this profile will go to the new address. The current one is told.
address-button = Use this address
address-gone-heading = This link does not work here
address-gone-text = It may be too old, used, or replaced by a newer one. Or it belongs to another profile or {$passport}: sign in with the one that has the profile, choose it, and open the link again. You can enter the address again under My Account, Personal Profile.
done-saved-asked-person = Saved. The new e-mail address counts once this person opens the link that we have sent to it, within 24 hours, signed in with the {$passport} that has the profile. Until then everything goes to the current one.
person-waits = {$email} is not confirmed yet: the person must open the link that we have sent there, signed in with the {$passport} that has the profile. It does not matter whether they still get e-mail at the current address. If they no longer have that {$passport}, end the association below; then a new address counts at once, and you can send an invitation to it.
changes-too-many-heading = Too many changes
changes-too-many-until = You have changed a great deal in the last hour. This was not saved, and nothing is lost: you can send it again {$until}.
letters-too-many-heading = Too many e-mails
letters-too-many-until = This would send an e-mail, and too many were sent lately. Nothing was changed, and nothing is lost: you can send it again {$until}.
sign-in-not-strong-heading = More than a password is needed here
sign-in-not-strong-text = For this page you must prove who you are in two steps, and that did not happen. Nothing has changed. Set up the second step in your Passport, then go to the home page and try again.
error-prove-more-heading = More than a password is needed here
error-prove-more-text = This changes something that matters, so you must prove who you are in two steps. Nothing was saved, and nothing is lost: what you typed is kept on this page. Do the second step in a new tab, come back here, and press “Send again”.

second-step-heading = A second step for everybody
second-step-lead = You can ask everybody who uses {$portal} for {$company} to prove who they are by more than a password: by a passkey, or by a code of an authenticator app.
second-step-text = Until the day that you choose everybody can set it up in their {$passport} at leisure. From that day on whoever has none sets it up on the way to your company’s pages; other profiles of theirs stay open. Everybody gets an e-mail. You prove it first yourself.
second-step-days = From when on?
second-step-days-count = In {$days} days: {$day}
second-step-days-wrong = Choose one of the days.
second-step-ask = Ask for a second step
second-step-stop = Do not ask any more
second-step-from = From {$day} on your company asks for a second step.
second-step-since = Your company has asked for a second step since {$day}.
second-step-ahead = From {$day} on {$company} asks for a second step when you sign in.
second-step-prove = Set it up or use it now
done-second-step = Everybody gets an e-mail that says from when on.
done-no-second-step = A password is enough again. Everybody gets an e-mail.
