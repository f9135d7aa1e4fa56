//! A person with a browser that runs no script: goes to addresses, reads pages, fills in forms.
mod jar;
mod verbs;

use std::sync::{Arc, Mutex, MutexGuard};

use reqwest::Method;
use url::Url;

pub use jar::{Cookie, Jar};

use crate::{
    Answer, Parameters,
    answer::Hop,
    house::Node,
    net::{Net, Request},
};

/// More redirects than this are a loop.
const MOST_HOPS: usize = 15;

/// One window of a browser. Windows of one browser share its cookies: see [`Browser::tab`].
pub struct Browser {
    net: Net,
    jar: Arc<Mutex<Jar>>,
    here: Mutex<Option<Answer>>,
    /// Passport's and the portal's addresses, for the verbs.
    pub(crate) passport: String,
    pub(crate) portal: String,
    /// Another node answers for this origin.
    via: Mutex<Option<(String, u16)>>,
    /// No redirect to this path is followed.
    stop: Mutex<Option<String>>,
    language: String,
    /// Headers that a proxy on the way adds, or the person's own meddling.
    more: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(net: Net, passport: &str, portal: &str) -> Self {
        Self {
            net,
            jar: Arc::default(),
            here: Mutex::default(),
            passport: passport.to_owned(),
            portal: portal.to_owned(),
            via: Mutex::default(),
            stop: Mutex::default(),
            language: "en-US,en;q=0.9".to_owned(),
            more: vec![],
        }
    }

    /// The same browser with another preferred language.
    #[must_use]
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// The same browser with further headers in every request, as a proxy on the way adds them.
    #[must_use]
    pub fn saying(mut self, headers: &[(&str, &str)]) -> Self {
        self.more = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }

    /// A further window of this browser, on the page that this one shows.
    pub fn tab(&self) -> Self {
        Self {
            net: self.net.clone(),
            jar: Arc::clone(&self.jar),
            here: Mutex::new(self.here.lock().unwrap().clone()),
            passport: self.passport.clone(),
            portal: self.portal.clone(),
            via: Mutex::new(self.via.lock().unwrap().clone()),
            stop: Mutex::default(),
            language: self.language.clone(),
            more: self.more.clone(),
        }
    }

    /// From now on `node` answers instead of the one that it stands beside, as behind a balancer.
    pub fn go_through(&self, node: &Node) {
        *self.via.lock().unwrap() = Some((node.origin.clone(), node.port));
    }

    /// The way to send a request that is no visit of this browser.
    pub fn net(&self) -> &Net {
        &self.net
    }

    pub fn cookies(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap()
    }

    /// Closes every window and opens a new one: session cookies are gone.
    pub fn close_and_reopen(&self) {
        self.cookies().close();
        *self.here.lock().unwrap() = None;
    }

    /// The page that this window shows.
    #[track_caller]
    pub fn here(&self) -> Answer {
        self.here.lock().unwrap().clone().expect("the browser shows a page")
    }

    fn address(&self, address: &str) -> Url {
        let here = self.here.lock().unwrap().as_ref().map(|answer| answer.url.clone());
        let base = here.unwrap_or_else(|| Url::parse(&self.passport).unwrap());
        base.join(address).unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    /// Goes to an address that was typed or bookmarked; a path is on the site that is shown, else on Passport.
    pub async fn get(&self, address: &str) -> Answer {
        self.travel(Method::GET, self.address(address), None, None).await
    }

    /// The same, but the journey stops before `path`: its address stands in [`Answer::location`].
    pub async fn get_until(&self, address: &str, path: &str) -> Answer {
        *self.stop.lock().unwrap() = Some(path.to_owned());
        let answer = self.get(address).await;
        *self.stop.lock().unwrap() = None;
        assert_eq!(answer.location().path(), path, "{answer:?}");
        answer
    }

    /// Follows a link on a page of `origin`.
    pub async fn follow(&self, address: &str, origin: &str) -> Answer {
        self.travel(Method::GET, self.address(address), None, Some(origin.to_owned())).await
    }

    /// Posts fields as a form on the page that is shown would, without one being there.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let url = self.address(address);
        let origin = self.origin_here().unwrap_or_else(|| url.origin().ascii_serialization());
        self.travel(Method::POST, url, Some(Parameters::of(fields)), Some(origin)).await
    }

    /// Posts fields from a page of another origin.
    pub async fn post_from(&self, origin: &str, address: &str, fields: &Parameters) -> Answer {
        self.travel(Method::POST, self.address(address), Some(fields.clone()), Some(origin.to_owned())).await
    }

    /// Fills in the form at `css`, or the form of the button at `css`, and sends it.
    pub async fn submit(&self, css: &str, fields: &[(&str, &str)]) -> Answer {
        let here = self.here();
        let form = here.page().form(css).filled(fields);
        let mut url = if form.action.is_empty() { here.url } else { self.address(&form.action) };
        url.set_fragment(None);
        let origin = self.origin_here();
        if form.is_post {
            return self.travel(Method::POST, url, Some(form.fields), origin).await;
        }
        url.set_query(Some(&form.fields.encoded()));
        self.travel(Method::GET, url, None, origin).await
    }

    /// Follows the link, or presses the button, at `css`.
    pub async fn click(&self, css: &str) -> Answer {
        let page = self.here().page();
        let link = page.attribute(css, "href");
        drop(page);
        if link.is_empty() {
            return self.submit(css, &[]).await;
        }
        let origin = self.origin_here().unwrap_or_default();
        self.follow(&link, &origin).await
    }

    fn origin_here(&self) -> Option<String> {
        self.here.lock().unwrap().as_ref().map(|answer| answer.url.origin().ascii_serialization())
    }

    /// A page that tells nobody where it was does not tell its own site either (Fetch, “append a request Origin
    /// header”).
    fn hides(&self, origin: &str) -> bool {
        let here = self.here.lock().unwrap();
        here.as_ref().is_some_and(|page| {
            page.header("referrer-policy") == "no-referrer"
                && page.url.origin().ascii_serialization() == origin
        })
    }

    /// Sends and follows redirects as long as they lead to this house. A redirect to anywhere else is where the
    /// journey ends: its address stands in [`Answer::location`].
    async fn travel(
        &self,
        mut method: Method,
        mut url: Url,
        mut body: Option<Parameters>,
        from: Option<String>,
    ) -> Answer {
        let mut hops = Vec::new();
        let mut site = Relation::between(from.as_deref(), &url);
        loop {
            let request = self.request(&method, &url, body.as_ref(), from.as_deref(), site);
            let mut answer = self.net.send(request).await;
            let now = self.net.clock().now();
            for line in answer.cookies() {
                self.cookies().take(&url, line, now);
            }
            let redirects =
                matches!(answer.status, 301 | 302 | 303 | 307 | 308) && !answer.header("location").is_empty();
            let next = redirects
                .then(|| answer.location())
                .filter(|next| self.net.serves(next) && !self.stops_at(next));
            let Some(next) = next else {
                answer.hops = hops;
                *self.here.lock().unwrap() = Some(answer.clone());
                return answer;
            };
            assert!(hops.len() < MOST_HOPS, "a loop of redirects: {hops:#?}");
            hops.push(Hop { status: answer.status, url: url.clone() });
            site = site.after(&url, &next);
            if !matches!(answer.status, 307 | 308) {
                (method, body) = (Method::GET, None);
            }
            url = next;
        }
    }

    fn stops_at(&self, next: &Url) -> bool {
        self.stop.lock().unwrap().as_deref() == Some(next.path())
    }

    fn request(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Parameters>,
        from: Option<&str>,
        site: Relation,
    ) -> Request {
        let mut request = match body {
            Some(form) => Request::post(url.as_str(), form),
            None => Request::new(method.clone(), url.as_str()),
        };
        request = request
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("accept-language", &self.language)
            .header("user-agent", "Testkit/1.0")
            .header("sec-fetch-site", site.as_str())
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-user", "?1")
            .header("sec-fetch-dest", "document");
        if let (Some(origin), true) = (from, *method == Method::POST) {
            request = request.header("origin", if self.hides(origin) { "null" } else { origin });
        }
        if let Some(cookies) = self.cookies().header(url, self.net.clock().now()) {
            request = request.header("cookie", cookies);
        }
        for (name, value) in &self.more {
            request = request.header(name, value);
        }
        let via = self.via.lock().unwrap();
        request.port = via
            .as_ref()
            .filter(|(origin, _)| *origin == url.origin().ascii_serialization())
            .map(|(_, port)| *port);
        request
    }
}

/// What `Sec-Fetch-Site` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    None,
    SameOrigin,
    SameSite,
    CrossSite,
}

impl Relation {
    fn between(from: Option<&str>, to: &Url) -> Self {
        let Some(from) = from else { return Self::None };
        let Ok(from) = Url::parse(from) else { return Self::CrossSite };
        if from.origin() == to.origin() {
            return Self::SameOrigin;
        }
        // A site is scheme and registrable domain: the port does not count.
        let same = from.scheme() == to.scheme() && from.host_str() == to.host_str();
        if same { Self::SameSite } else { Self::CrossSite }
    }

    /// A chain of redirects is as foreign as its most foreign step.
    fn after(self, step: &Url, next: &Url) -> Self {
        match (self, Self::between(Some(step.as_str()), next)) {
            (Self::None, _) => Self::None,
            (Self::CrossSite, _) | (_, Self::CrossSite) => Self::CrossSite,
            (Self::SameSite, _) | (_, Self::SameSite) => Self::SameSite,
            _ => Self::SameOrigin,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
        }
    }
}
