//! What was acknowledged survives SIGKILL: a child process writes and reports, and is killed in the middle.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::{Fixture, keys, put};
use crate::{Error, Options, Store};

const REPORT: &str = "acknowledged ";

/// The child: reads the address and the number of the round, then writes pairs of rows until it is killed.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn child() {
    let lines: Vec<_> = std::io::stdin().lines().map(Result::unwrap).take(2).collect();
    let [url, round] = lines.as_slice() else { return };
    let store = Store::open(&Options::new(url.as_str())).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let writers = (0..16).map(|writer| {
            let (store, round) = (store.clone(), round.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    let id = format!("{round}.{writer}.{n}");
                    let key = id.clone();
                    let pair = store.write(move |sql| {
                        put(sql, &format!("{key} left"), n)?;
                        put(sql, &format!("{key} right"), n)
                    });
                    pair.await.unwrap();
                    println!("{REPORT}{id}");
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
    });
}

/// Runs the child on the database until it has reported `reports` units, kills it and gives all it reported.
fn write_until_killed(fixture: &Fixture, round: usize, reports: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::child", "--ignored", "--nocapture", "--test-threads=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}\n{round}", fixture.options.url).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut reported = Vec::new();
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        // A line without its end was cut by the kill.
        if let Some(id) = line.strip_suffix('\n').and_then(|line| line.split(REPORT).nth(1)) {
            reported.push(id.to_owned());
        }
        if reported.len() == reports {
            child.kill().unwrap();
        }
        line.clear();
    }
    assert!(!child.wait().unwrap().success());
    reported
}

#[test]
fn what_was_acknowledged_survives_a_kill() -> Result<(), Error> {
    let fixture = Fixture::sqlite(false);
    drop(fixture.open());
    let mut acknowledged = BTreeSet::new();
    for (round, reports) in [1, 40, 333, 700].into_iter().enumerate() {
        let reported = write_until_killed(&fixture, round, reports);
        assert!(reported.len() >= reports, "the child ended early");
        acknowledged.extend(reported);
        let store = Store::open(&fixture.options)?;
        let there: BTreeSet<_> = keys(&store).into_iter().collect();
        for id in &acknowledged {
            assert!(there.contains(&format!("{id} left")), "{id} was acknowledged and is lost");
        }
        for key in &there {
            let (id, side) = key.split_once(' ').unwrap();
            let other = if side == "left" { "right" } else { "left" };
            assert!(there.contains(&format!("{id} {other}")), "half of {id} is there");
        }
    }
    Ok(())
}
