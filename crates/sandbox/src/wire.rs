//! HTTP/1.1 on a socket, by hand: a library would never send the broken answers that tests need (RFC 9112).

use std::{io, time::Duration};

use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    http::{Answer, Request},
    random,
};

const MOST_HEAD: usize = 32 << 10;
const MOST_BODY: usize = 1 << 20;
/// A client that says nothing for so long is gone.
const IDLE: Duration = Duration::from_secs(75);

/// An answer and the way it goes out.
pub(crate) struct Reply {
    pub answer: Answer,
    pub manner: Manner,
    /// For the `Date` header, since the Unix epoch.
    pub date: Duration,
}

#[derive(Clone, Debug)]
pub(crate) enum Manner {
    Plain,
    Lost,
    ResetAfter(usize),
    Cut,
    TooLong,
    Drip(Duration),
    Huge(u64),
    EndlessHeader,
}

/// A connection and the bytes that were read too far.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

fn bad(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl Wire {
    pub fn new(stream: TcpStream) -> Self {
        // Small answers must not wait for an acknowledgement; if the option fails they merely do.
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: Vec::new() }
    }

    /// The next request; `None` when the client is done.
    pub async fn read(&mut self) -> io::Result<Option<Request>> {
        let (mut request, from) = loop {
            if let Some(found) = parse(&self.buffer)? {
                break found;
            }
            if self.buffer.len() > MOST_HEAD {
                return Err(bad("the header section is too long"));
            }
            if !self.fill().await? {
                return if self.buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        };
        self.buffer.drain(..from);
        if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let chunked = request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        request.body = if chunked {
            self.chunks().await?
        } else {
            let length = request.header("content-length").unwrap_or("0");
            let length = length.parse().map_err(|_| bad("Content-Length is not a number"))?;
            self.take(length).await?
        };
        Ok(Some(request))
    }

    async fn fill(&mut self) -> io::Result<bool> {
        let mut piece = [0; 8 << 10];
        let read = timeout(IDLE, self.stream.read(&mut piece)).await.map_err(|_| io::ErrorKind::TimedOut)??;
        self.buffer.extend_from_slice(&piece[..read]);
        Ok(read > 0)
    }

    async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > MOST_BODY {
            return Err(bad("the body is too long"));
        }
        while self.buffer.len() < length {
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            if self.buffer.len() > MOST_HEAD || !self.fill().await? {
                return Err(bad("a chunk without an end"));
            }
        }
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| bad("a chunk size is not a number"))?;
            if size == 0 {
                while !self.line().await?.is_empty() {}
                return Ok(body);
            }
            if body.len() + size > MOST_BODY {
                return Err(bad("the body is too long"));
            }
            body.extend(self.take(size).await?);
            self.line().await?;
        }
    }

    /// Sends the reply; `false` when the connection is over.
    pub async fn write(&mut self, request: Option<&Request>, reply: Reply) -> io::Result<bool> {
        let head_only = request.is_some_and(|r| r.method == "HEAD");
        let close = request.is_none_or(|r| r.header("connection").is_some_and(|c| c.eq_ignore_ascii_case("close")));
        let body = &reply.answer.body;
        let length = match reply.manner {
            Manner::TooLong => body.len() - body.len().div_ceil(4),
            Manner::Huge(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            _ => body.len(),
        };
        let keep = !close && matches!(reply.manner, Manner::Plain | Manner::Drip(_));
        let mut bytes = head(&reply, length, keep);
        if !head_only {
            bytes.extend_from_slice(body);
        }
        match reply.manner {
            Manner::Lost => return Ok(false),
            Manner::Plain | Manner::TooLong => self.stream.write_all(&bytes).await?,
            Manner::Cut => self.stream.write_all(&bytes[..bytes.len() - body.len().div_ceil(2)]).await?,
            Manner::ResetAfter(most) => {
                self.stream.write_all(&bytes[..most.min(bytes.len())]).await?;
                self.stream.set_zero_linger()?;
                return Ok(false);
            }
            Manner::Drip(pause) => {
                for byte in &bytes {
                    self.stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Manner::Huge(size) => {
                self.stream.write_all(&bytes).await?;
                self.huge(size).await?;
            }
            Manner::EndlessHeader => self.endless().await?,
        }
        self.stream.flush().await?;
        if !keep {
            self.stream.shutdown().await?;
        }
        Ok(keep)
    }

    /// `{"accessToken":"xxxx…"}` of the announced size.
    async fn huge(&mut self, size: u64) -> io::Result<()> {
        let (opening, closing) = (b"{\"accessToken\":\"", b"\"}");
        self.stream.write_all(opening).await?;
        let mut left = size.saturating_sub((opening.len() + closing.len()) as u64);
        let filler = [b'x'; 16 << 10];
        while left > 0 {
            let now = left.min(filler.len() as u64);
            self.stream.write_all(&filler[..usize::try_from(now).unwrap_or_default()]).await?;
            left -= now;
        }
        self.stream.write_all(closing).await
    }

    async fn endless(&mut self) -> io::Result<()> {
        self.stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        for i in 0_u64.. {
            self.stream.write_all(format!("X-Again-{i}: {}\r\n", "x".repeat(512)).as_bytes()).await?;
        }
        Ok(())
    }
}

fn parse(buffer: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Request::new(&mut headers);
    match head.parse(buffer) {
        Err(why) => Err(bad(&why.to_string())),
        Ok(httparse::Status::Partial) => Ok(None),
        Ok(httparse::Status::Complete(length)) => {
            let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
            let pairs = head.headers.iter().map(|h| (h.name.to_ascii_lowercase(), text(h.value))).collect();
            let request = Request::new(head.method.unwrap_or_default(), head.path.unwrap_or("/"), pairs);
            Ok(Some((request, length)))
        }
    }
}

fn head(reply: &Reply, length: usize, keep: bool) -> Vec<u8> {
    let second = i64::try_from(reply.date.as_secs()).unwrap_or(i64::MAX);
    let date = Timestamp::from_second(second).unwrap_or(Timestamp::MAX).strftime("%a, %d %b %Y %H:%M:%S GMT");
    let status = reply.answer.status;
    let mut head = format!("HTTP/1.1 {status} {}\r\nDate: {date}\r\n", reason(status));
    // Pages do not come from AWS: ours for people, and those of a captive portal.
    if !reply.answer.headers.iter().any(|(_, value)| value.starts_with("text/html")) {
        head.push_str(&format!("x-amzn-RequestId: {}\r\n", random::uuid()));
    }
    for (name, value) in &reply.answer.headers {
        // A header of a scripted fault must not smuggle in another one.
        head.push_str(&format!("{name}: {}\r\n", value.replace(['\r', '\n'], " ")));
    }
    if !reply.answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str(if keep { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
    head.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        511 => "Network Authentication Required",
        _ => "Status",
    }
}
