//! The window's fixed words: those that views are made with, and those that the page itself puts around them.
//!
//! The page holds no text of its own. [`PAGE`] is written to `ui/src/bindings/words.json`, where a test
//! compares it, so that every word people see stands in core (invariant 10) and costs nothing at run time.

pub const TEAMS: &str = "Teams";
pub const WELCOME: &str = "Stay logged in to your IoT teams";
pub const ADD_TEAM: &str = "Add a team";
pub const ADD_THIS_TEAM: &str = "Add team";
pub const IMPORT_TEAMS: &str = "Import teams";
pub const LOOK_FOR_TEAMS: &str = "Import from this computer";
pub const REVIEW_AND_IMPORT: &str = "Review and import";
pub const SETTINGS: &str = "Settings";
pub const KEYCHAIN: &str = "Keychain";
pub const TRY_DEMO: &str = "Try the demo";
pub const LEAVE_DEMO: &str = "Leave the demo";

pub const LOG_IN: &str = "Log in";
pub const LOG_IN_AGAIN: &str = "Log in again";
pub const LOG_OUT: &str = "Log out";
pub const RENEW: &str = "Renew";
pub const RENEW_NOW: &str = "Renew now";
pub const REMIND_ME: &str = "Remind me in 5 min";
pub const COPY: &str = "Copy";
pub const COPY_LINE: &str = "Copy export line";
pub const COPY_CODE: &str = "Copy code";
pub const ANSWER: &str = "Answer";
pub const SHOW: &str = "Show";
pub const CANCEL: &str = "Cancel";
pub const COPY_DETAILS: &str = "Copy details";
pub const CANCEL_LOGIN: &str = "Cancel the login";
pub const CLOSE: &str = "Close";
pub const SAVE: &str = "Save";
pub const EDIT: &str = "Edit…";
pub const EDIT_TEAM: &str = "Edit the team";
pub const PIN: &str = "Pin to top";
pub const UNPIN: &str = "Unpin";
pub const REMOVE: &str = "Remove";
pub const REMOVE_TEAM: &str = "Remove…";
pub const REMOVE_TEAM_NOW: &str = "Remove team";
pub const KEEP_IT: &str = "Keep it";
pub const UNDO: &str = "Undo";
pub const UNLOCK: &str = "Unlock…";
pub const WHY: &str = "Why am I seeing this?";
pub const TRY_AGAIN: &str = "Try again";
pub const STOP: &str = "Stop";
pub const LOOK_ON: &str = "Look on";
pub const NOT_REACHED: &str = "You stopped before they were looked through";
pub const LOOK_AGAIN: &str = "Look again";
pub const TRY_NOW: &str = "Try now";
pub const START_AGAIN: &str = "Start again";
pub const GET_NEW_CODE: &str = "Get a new code";
pub const DETAILS: &str = "Details";

pub const STARTING: &str = "Starting the login";
pub const ONE_MOMENT: &str = "One moment";
pub const CHECKING: &str = "Checking with the server";
pub const KEEPING: &str = "Logged in. Waiting for the keychain to keep it";
pub const UNLOCKING: &str = "Waiting for you to answer the prompt of your keychain";
pub const BROWSER_OPENED: &str = "Your browser opened a page of";
pub const OPEN_THE_PAGE: &str = "Open the page of";
pub const NOT_OPENED: &str = "No browser could be opened. Scan the code with a phone, or open yourself the page of";
pub const NOT_OPENED_HERE: &str = "No browser could be opened. Open yourself, on this computer, the page of";
pub const OPEN_PAGE: &str = "Open page";
pub const NEW_SESSION: &str = "New session";
pub const OPEN_AGAIN: &str = "Open again";
pub const CODES_MUST_MATCH: &str = "Only continue if the codes match and you started this login yourself.";

pub const THE_SAME_AGAIN: &str = "The same again";
pub const LAST_TIME: &str = "Last time";
pub const SEARCH_CHOICES: &str = "Search";

pub const SESSION: &str = "Session";
pub const SESSION_NOTE: &str = "Then you log in again.";
pub const SESSION_BY_HAND: &str = "Unless you renew it.";
pub const SESSION_OPEN_NOTE: &str = "It goes on until the server ends it.";
pub const SESSION_OVER: &str = "Open terminals may still hold old keys.";
pub const NO_STATED_END: &str = "No stated end";
pub const TOKEN: &str = "Access token";
pub const TOKEN_RENEWS: &str = "Keyfob renews it.";
pub const TOKEN_BY_HAND: &str = "Renewed when you ask.";
pub const TOKEN_FAILED: &str = "The last try to renew it failed.";
pub const TOKEN_LAST: &str = "It ends with the session.";
pub const TOKEN_OVER: &str = "It ended with the session.";
pub const TOKEN_STAYS: &str = "It cannot be renewed without you.";
pub const KEYS_WHEN_USED: &str = "Keys when used";
pub const FIND_ROLES: &str = "Find accounts and roles";
pub const ADD_PROFILE: &str = "Add by hand";
pub const ADD_A_PROFILE: &str = "Add a profile";
pub const ADD_THIS_PROFILE: &str = "Add profile";
pub const PROFILE_NAME_HINT: &str = "The name that AWS tools know it by. It is also the value of AWS_PROFILE.";
pub const TEAM_NAME_HINT: &str = "As you call it. It is also the value of IOT_TEAM.";
pub const PROFILE_STANDS_FOR: &str = "What it stands for";
pub const ASSUMES: &str = "Assumes";
pub const OF_SESSION: &str = "From the session";
pub const OF_SESSION_HINT: &str = "What the team's login is good for";
pub const ROLE_ON_TOP: &str = "A role behind another profile";
pub const ROLE_ON_TOP_HINT: &str = "Assumed with what that profile has";
pub const BEGINS_WITH: &str = "Begins with";
pub const SESSION_OF: &str = "The session of";
pub const LASTS: &str = "Lasts";
pub const REGION: &str = "Region";
pub const PROFILES_HINT: &str = "Each stands for an account and a role, for AWS tools.";
pub const NO_PROFILES_YET: &str = "None yet. A profile stands for an account and a role, for AWS tools.";
pub const LOG_IN_FOR_PROFILES: &str = "Log in to find accounts and roles.";
pub const NO_NEW_PROFILES: &str = "Nothing new to add";
pub const METHOD: &str = "Signs in with";
pub const KEYCHAIN_ENTRY: &str = "Keychain entry";

pub const GOES_SESSION: &str = "The session, here and at the server";
pub const GOES_KEPT: &str = "What is kept for it in the keychain, such as a password";
pub const GOES_SETTINGS: &str = "Its settings in Keyfob";
pub const STAYS_ACCOUNT: &str = "Your account at the server";
pub const STAYS_FILES: &str = "Files of other programs, such as ~/.simpleiot and ~/.aws";

pub const NO_COMMAND_HERE: &str = "A command line cannot be set in the window";
pub const COMMAND_IN_A_TERMINAL: &str =
    "Name one of firefox, chromium, chrome, brave, edge, or run `keyfob team edit` with `--set browser=…`.";
pub const BY_PASSWORD: &str = "With user name and password";
pub const BY_BROWSER: &str = "In your browser";
pub const BY_CODE: &str = "In your browser, with a code to compare";
pub const BY_KEYS: &str = "With access keys, and a code where MFA is set up";
pub const CHOOSE_ANOTHER: &str = "Choose another name.";

pub const KEYCHAIN_WORKS: &str = "The keychain works";
pub const KEYCHAIN_WORKS_DETAIL: &str = "Sessions are kept there, and nowhere else.";
pub const NOBODY_WAITS: &str = "No team is waiting for it.";
pub const MEMORY_ONLY: &str = "Sessions are kept in memory and end with Keyfob.";
pub const KEYCHAIN_FOR: &str = "Keyfob keeps sessions in the keychain of your system, so that they outlive a restart.";
pub const KEYCHAIN_PROMPT: &str =
    "Unlocking shows the prompt of your system, once for each click. Keyfob never sees that password.";
pub const KEYCHAIN_NEVER_PLAIN: &str = "Without a keychain nothing is written to a file instead.";
pub const OFFLINE: &str = "You are offline";
pub const LAST_GOOD_CONFIG: &str = "Keyfob goes on with the last good state of the file.";

pub const AUTO_RENEW: &str = "Renew sessions silently";
pub const AUTO_RENEW_HINT: &str = "Before they end, without opening a browser.";
pub const START_AT_LOGIN: &str = "Start at login";
pub const START_AT_LOGIN_HINT: &str = "Keyfob waits in the background when you log in to this computer.";
pub const EARLY_HINT: &str = "Early hint";
pub const EARLY_HINT_HINT: &str = "A silent notice an hour before the end of long sessions.";
pub const THEME_SYSTEM: &str = "As the system";
pub const THEME_LIGHT: &str = "Light";
pub const THEME_DARK: &str = "Dark";
pub const CONFIG_FILE: &str = "Config file";
pub const VERSION: &str = "Version";

/// The labels around a view, by the name the page knows them under. `{…}` is filled in by the page.
pub const PAGE: &[(&str, &str)] = &[
    ("product", "Keyfob"),
    ("navigation", "Main"),
    ("back", "Back to {name}"),
    ("notices", "Needs attention"),
    ("connecting", "Connecting to Keyfob"),
    ("demo", "Demo"),
    ("demoRibbon", "Demo: an embedded cloud, nothing is saved"),
    ("dismiss", "Dismiss"),
    ("tagline", "One click for each team, secrets in your keychain, and a warning before a session ends."),
    ("foundHere", "Found on this computer"),
    ("looking", "Looking for teams on this computer"),
    ("demoHint", "No AWS account needed, and nothing is saved."),
    ("justLooking", "Just looking?"),
    ("search", "Search teams"),
    ("searchKeys", "Ctrl K"),
    ("noMatch", "No team matches “{query}”."),
    ("clearSearch", "Clear the search"),
    ("teamsFound", "{count} of {all} teams"),
    ("listKeys", "Arrow keys move, Enter runs the button. C copies, R renews, L logs in or out, P pins, O opens."),
    ("moreActions", "More actions for {name}"),
    ("pinned", "Pinned"),
    ("stepPage", "Open the page"),
    ("stepCompare", "Compare the code"),
    ("compareHint", "Check that the page shows this code."),
    ("stepApprove", "Approve it there"),
    ("waitingBrowser", "Waiting for the browser"),
    ("codeValid", "Code valid for {left}"),
    ("waitLeft", "{left} left to log in there"),
    ("waitOver", "The time is over"),
    ("waitMinutes", "There are {minutes} more minutes to log in there"),
    ("waitMinute", "There is one more minute to log in there"),
    ("waitSeconds", "There are 30 more seconds to log in there"),
    ("logInThere", "Log in there. Keyfob goes on by itself."),
    ("codeOver", "The code has run out"),
    ("codeMinutes", "The code is valid for {minutes} more minutes"),
    ("codeMinute", "The code is valid for one more minute"),
    ("codeSeconds", "The code is valid for 30 more seconds"),
    ("usePhone", "Use a phone instead"),
    ("usePhoneHint", "Scan it, then compare the code."),
    ("theCode", "Code {spoken}"),
    ("pageAddress", "Address of the page"),
    ("teamState", "State of {name}"),
    ("showPassword", "Show"),
    ("showPasswordLong", "Show the password"),
    ("capsLock", "Caps Lock is on."),
    ("revealedKey", "The key, shown only now"),
    ("revealedPicture", "QR code of the key"),
    ("noChoiceMatches", "Nothing matches “{query}”."),
    ("required", "This is needed."),
    ("notTheSame", "The two are not the same."),
    ("serverSays", "The server says:"),
    ("copied", "Copied"),
    ("clocks", "Two clocks"),
    ("terminal", "Use in a terminal"),
    ("shell", "Shell"),
    ("terminalHint", "Paste it into a terminal. It holds no secret."),
    ("profiles", "Profiles"),
    ("settingsOfTeam", "Settings of this team"),
    ("code", "Code"),
    ("goes", "This goes"),
    ("stays", "This stays"),
    ("undoHint", "You can undo it for 10 seconds."),
    ("teamName", "Name"),
    ("method", "Way of signing in"),
    ("profileKind", "Where its credentials come from"),
    ("example", "Example: {example}"),
    ("optional", "optional"),
    ("moreFields", "More settings"),
    ("secretHint", "Kept in the keychain. Leave it empty to keep the one that is there."),
    ("formTrouble", "This could not be saved"),
    ("saving", "Saving"),
    ("waitingServer", "Waiting for the server"),
    ("nothingFound", "No teams were found"),
    ("lookedInto", "Keyfob looked into ~/.simpleiot and ~/.aws."),
    ("importIntro", "Nothing is written before you say so. Choose what to import and what to call it."),
    ("importTrouble", "This could not be imported"),
    ("importThis", "Import {name}"),
    ("importName", "Name for {name}"),
    ("importNone", "Choose a team to import"),
    ("importOne", "Import 1 team"),
    ("importMany", "Import {count} teams"),
    ("followThis", "Follow {name}: {about}"),
    ("followOne", "Follow 1 change"),
    ("followMany", "Follow {count} changes"),
    ("importChosen", "Import the {count} chosen"),
    ("leftOut", "Left out of the files"),
    ("rolesIntro", "Choose the ones you use. Each becomes a profile."),
    ("findingRoles", "Asking the server for accounts and roles"),
    ("lookingThrough", "Looking through accounts: {tried} of {of}"),
    ("someMissing", "Not all accounts could be looked through"),
    ("noRolesYet", "No roles have come yet"),
    ("noRoles", "The server offers no accounts and roles"),
    ("rolesNotAsked", "The server has not been asked yet"),
    ("searchRoles", "Search accounts and roles"),
    ("noRoleMatches", "No account or role matches “{query}”."),
    ("hasProfile", "Profile {name}"),
    ("addNone", "Choose a role"),
    ("addOne", "Add 1 profile"),
    ("addMany", "Add {count} profiles"),
    ("general", "General"),
    ("notifications", "Notices"),
    ("warnBefore", "Warn before the end"),
    ("appearance", "Appearance"),
    ("theme", "Theme"),
    ("copyFor", "Copy lines for"),
    ("about", "About"),
    ("keychain", "Keychain"),
    ("why", "What it is for"),
];
