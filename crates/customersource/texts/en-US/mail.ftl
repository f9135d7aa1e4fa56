mail-link-subject = {$portal}: associate the profile of {$person} at {$company}
mail-link-greeting = Hello {$person},
mail-link-intro = Somebody signed in to {$portal} asked on {$when} to associate a {$passport} with your {$dynamics} profile at {$company}.
mail-link-do = If that was you, click on this link:
mail-link-again = You will be prompted again for your {$passport}. Enter the same one with which you asked for this e-mail.
mail-link-moves = This profile is associated with another {$passport} now. If you go on, that one loses it.
mail-link-lifetime =
    { $number ->
        [one] The link works once, for one hour.
       *[other] The link works once, for {$number} hours.
    }
mail-link-not-me = If it was not you, you need not do anything: without the link nothing changes, and nobody else can use it. You can also tell us, and it stops:
mail-moved-subject = {$portal}: the profile of {$person} at {$company} has a new {$passport}
mail-moved-what = The {$portal} profile of {$person} at {$company} was associated with another {$passport} than before. The former one can no longer use it.
mail-moved-when = This was done on {$when}, with a link that we had sent to the profile’s e-mail address.
mail-moved-not-me = If nobody in your company meant to do this, please write to us at once.
mail-link-invited = An administrator of {$company} invited you on {$when} to use {$portal} for {$company}.
mail-link-invited-subject = {$by} invites {$person} to {$portal} for {$company}
mail-link-invited-by = {$by}, an administrator of {$company}, invited you on {$when} to use {$portal} for {$company}.
mail-link-switch = You asked on {$when} to use another {$passport} for your {$portal} profile at {$company}.
mail-link-support = On {$when}, our support invited you to use {$portal} for {$company}.
mail-link-any = Sign in to the {$passport} you would like to use in association with {$portal}, and then click on the link within this e-mail. You will be prompted for it again.
mail-link-lifetime-days =
    { $number ->
        [one] The link works once, for one day.
       *[other] The link works once, for {$number} days.
    }
mail-link-not-wanted = If this is not meant for you, you need not do anything: without the link nothing changes. You can also tell us:
mail-link-decline = This wasn’t me
mail-link-do-invited = To associate your {$passport} with your profile, click on this link:
mail-proof-subject = {$portal}: confirm the new e-mail address of your profile at {$company}
mail-proof-what = On {$when}, {$person} entered this address as the new one of a {$portal} profile at {$company}. It counts once you confirm it. Links and notices about the profile come here then.
mail-proof-not-me = If this is not you, you need not do anything: without the link nothing changes.
mail-proof-do = To confirm, open this link within 24 hours, in a browser in which you sign in with the {$passport} that has the profile:
mail-bundle-subject = {$subject} (and {$number} more)
mail-proof-what-by = On {$when}, {$by}, an administrator of {$company}, entered this address as the new one of the {$portal} profile of {$person}. It counts once you confirm it. Links and notices about the profile come here then.
