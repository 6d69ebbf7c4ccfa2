//! A connection that stands still is closed: one that sends half a body, and one that does not read what it asked for.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// A stream on which something must move, in either direction, within a time.
pub(super) struct Stalling<S> {
    stream: S,
    patience: Duration,
    moved_at: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<S> Stalling<S> {
    /// Every wait on the stream is this long at most.
    pub(super) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, moved_at: Instant::now(), timer: Box::pin(sleep(patience)) }
    }

    /// What a step means for the time; and when nothing moves, whether that has gone on for too long.
    fn judged<T>(&mut self, step: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if step.is_ready() {
            self.moved_at = Instant::now();
            return step;
        }
        // The timer is set anew only when it has run out: a moment that moves with every octet is only written down.
        while self.timer.as_mut().poll(cx).is_ready() {
            let until = self.moved_at + self.patience;
            if until <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.timer.as_mut().reset(until);
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stalling<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let step = Pin::new(&mut this.stream).poll_read(cx, buffer);
        this.judged(step, cx)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stalling<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let step = Pin::new(&mut this.stream).poll_write(cx, octets);
        this.judged(step, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let step = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.judged(step, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    // A socket has nothing to flush: that it is done says nothing of the other side.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    const PATIENCE: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn silence_ends_it() {
        let (_other, ours) = duplex(8);
        let heard = Stalling::new(ours, PATIENCE).read_u8().await;
        assert_eq!(heard.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn so_does_an_answer_that_nobody_reads() {
        let (_other, ours) = duplex(8);
        let said = Stalling::new(ours, PATIENCE).write_all(&[0; 64]).await;
        assert_eq!(said.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn what_moves_goes_on() {
        let (mut other, ours) = duplex(8);
        let mut ours = Stalling::new(ours, Duration::from_secs(3600));
        let talk = async {
            for n in 0..100_u8 {
                other.write_u8(n).await.unwrap();
                assert_eq!(other.read_u8().await.unwrap(), n);
            }
        };
        let echo = async {
            for _ in 0..100 {
                let heard = ours.read_u8().await.unwrap();
                ours.write_u8(heard).await.unwrap();
            }
        };
        tokio::join!(talk, echo);
    }
}
