//! What the server saw.

use std::time::Instant;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When its head was complete.
    pub at: Instant,
    /// When the last bytes of its answer began to be handed over: the client had it whole no earlier.
    pub sending: Option<Instant>,
    /// When its answer was wholly sent or broken off; none while that goes on.
    pub ended: Option<Instant>,
    /// How many bytes of the answer were handed over.
    pub sent: u64,
    /// Whether the answer was played to its end rather than broken off by the client.
    pub whole: bool,
    /// The number of the connection, counted from 0.
    pub connection: usize,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers in order.
    pub headers: Vec<(String, String)>,
    /// The head byte for byte, up to and with the empty line.
    pub head: Vec<u8>,
}

impl Seen {
    /// Returns the first value of the header `name`, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns before when the client cannot have been done with the answer. What the client broke
    /// off counts from its start: when it let go is not known here.
    pub fn busy_until(&self) -> Instant {
        self.sending.filter(|_| self.whole).unwrap_or(self.at)
    }

    pub(crate) fn read(head: &[u8], connection: usize) -> Self {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.split("\r\n");
        let mut start = lines
            .next()
            .unwrap_or_default()
            .split(' ')
            .map(str::to_owned);
        let mut part = || start.next().unwrap_or_default();
        let (method, path) = (part(), part());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        Self {
            at: Instant::now(),
            sending: None,
            ended: None,
            sent: 0,
            whole: false,
            connection,
            method,
            path,
            headers,
            head: head.to_vec(),
        }
    }
}
