//! Whose certificates are believed: those of a bundle that a person named for the AWS tools, else the system's.

use std::fs;
use std::path::PathBuf;

use keyfob_core::doors::environment::Environment;
use keyfob_core::doors::ports::HttpError;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::unusable;
use crate::environment::from_home;

/// What the AWS CLI and boto3 hear, then curl: the first of them counts, and alone.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// Where the certificates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    System,
    /// One file or folder, or some that belong together.
    Named(Vec<Bundle>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bundle {
    path: PathBuf,
    from: String,
}

impl Trust {
    /// Finds out, and reads nothing.
    pub fn find(environment: &dyn Environment) -> Self {
        let home = environment.raw("HOME");
        let named = |variable: &str| {
            let path = environment.raw(variable)?;
            Some(Bundle { path: from_home(&path, home.as_deref()), from: variable.to_owned() })
        };
        let of_aws = || {
            let said = environment.aws_setting("ca_bundle")?;
            Some(Bundle { path: from_home(said.value.as_ref(), home.as_deref()), from: said.from })
        };
        let one = named("AWS_CA_BUNDLE").or_else(of_aws).or_else(|| BUNDLES.into_iter().find_map(named));
        if let Some(one) = one {
            return Trust::Named(vec![one]);
        }
        // OpenSSL's, which count together.
        let folders = environment.raw("SSL_CERT_DIR").unwrap_or_default();
        let folders = std::env::split_paths(&folders).filter(|path| !path.as_os_str().is_empty());
        let folders = folders.map(|path| Bundle { path, from: "SSL_CERT_DIR".to_owned() });
        let all: Vec<Bundle> = named("SSL_CERT_FILE").into_iter().chain(folders).collect();
        if all.is_empty() { Trust::System } else { Trust::Named(all) }
    }

    /// The certificates of what was named. A certificate that cannot be read costs no other; a file without any, or one
    /// that cannot be read itself, is refused.
    pub fn roots(bundles: &[Bundle]) -> Result<RootCertStore, HttpError> {
        let mut roots = RootCertStore::empty();
        let mut refused = Ok(());
        for bundle in bundles {
            match bundle.certificates() {
                Ok(found) => drop(roots.add_parsable_certificates(found)),
                // A list of folders names some that are not there on every system.
                Err(error) if bundle.from != "SSL_CERT_DIR" => return Err(error),
                Err(error) => refused = Err(error),
            }
        }
        match (roots.is_empty(), bundles.last()) {
            (true, Some(last)) => refused.and_then(|()| Err(last.unusable("it has no certificate that can be read"))),
            _ => Ok(roots),
        }
    }

    /// What is in use, as the end of a sentence.
    pub fn named(&self) -> String {
        match self {
            Trust::System => "the system's certificates are trusted".to_owned(),
            Trust::Named(bundles) => {
                let each = bundles.iter().map(|Bundle { path, from }| format!("{} ({from})", path.display()));
                format!("only the certificates in {} are trusted", each.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl Bundle {
    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, HttpError> {
        let meta = fs::metadata(&self.path).map_err(|e| self.unusable(&e.to_string()))?;
        if meta.is_dir() {
            let entries = fs::read_dir(&self.path).map_err(|e| self.unusable(&e.to_string()))?;
            let files = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
            return Ok(files.filter_map(|file| fs::read(file).ok()).flat_map(|bytes| certificates(&bytes)).collect());
        }
        if !meta.is_file() {
            return Err(self.unusable("it is no file"));
        }
        let found = certificates(&fs::read(&self.path).map_err(|e| self.unusable(&e.to_string()))?);
        if found.is_empty() { Err(self.unusable("it has no certificate in it (PEM)")) } else { Ok(found) }
    }

    fn unusable(&self, why: &str) -> HttpError {
        unusable(&self.from, &format!("{}: {why}", self.path.display()))
    }
}

/// Those that can be read, whatever stands between them.
fn certificates(bytes: &[u8]) -> Vec<CertificateDer<'static>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    CertificateDer::pem_slice_iter(bytes).filter_map(Result::ok).collect()
}
