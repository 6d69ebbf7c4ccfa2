//! What stands before several servers: one address, which leads to one of them or to each in turn.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// A TCP forwarder. A phone signs the address it talks to, so this is how its calls reach the other node.
pub struct Front {
    /// The address of all nodes together.
    pub url: String,
    targets: watch::Sender<Vec<u16>>,
    task: JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Front {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let (targets, current) = watch::channel(Vec::new());
        let task = tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(forward(stream, current.clone(), turn));
                turn += 1;
            }
        });
        Self { url, targets, task }
    }

    /// From now on the address leads to these servers, each new connection to the next; open ones are cut.
    pub fn leads_to(&self, urls: &[&str]) {
        let port = |url: &&str| url.rsplit(':').next().unwrap().parse().unwrap();
        self.targets.send_replace(urls.iter().map(port).collect());
    }
}

async fn forward(mut from: TcpStream, mut targets: watch::Receiver<Vec<u16>>, turn: usize) {
    let port = {
        let ports = targets.borrow_and_update();
        ports[turn % ports.len()]
    };
    let Ok(mut to) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut from, &mut to) => {}
        _ = targets.changed() => {}
    }
}
