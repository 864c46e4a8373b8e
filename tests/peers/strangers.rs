//! The strangers themselves: each starts, is as strict as we count on, and is gone afterwards.

use std::net::TcpStream;
use std::process::Command;

use keyfob_tests::support::peers::{Peer, python, stdout_of, venv};
use serde_json::Value;

#[test]
fn a_peer_is_gone_when_its_test_is_over() {
    let peer = Peer::moto();
    let address = peer.url.strip_prefix("http://").unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(peer);
    assert!(TcpStream::connect(&address).is_err(), "moto still listens on {address}");
}

/// Every proof of a login against ministack counts only as long as it refuses what is wrong.
#[test]
fn ministack_refuses_a_wrong_password_and_a_wrong_client_secret() {
    let cognito = Peer::ministack();
    let pool: Value = serde_json::from_str(&stdout_of(&python("cognito_pool.py", &[&cognito.url]))).unwrap();
    let outcome = |password: &str, secret: &str| {
        let script = "import sys, boto3\n\
            from pycognito.aws_srp import AWSSRP\n\
            url, pool, client, password, secret = sys.argv[1:]\n\
            idp = boto3.client('cognito-idp', endpoint_url=url, region_name='eu-west-1', aws_access_key_id='x', aws_secret_access_key='x')\n\
            try:\n\
            \x20   AWSSRP(username='ada', password=password, pool_id=pool, client_id=client, client=idp, client_secret=secret).authenticate_user()\n\
            \x20   print('in')\n\
            except idp.exceptions.NotAuthorizedException: print('refused')\n";
        let args = [
            &cognito.url,
            pool["pool"].as_str().unwrap(),
            pool["confidential_client"].as_str().unwrap(),
            password,
            secret,
        ];
        stdout_of(&Command::new(venv("python")).args(["-c", script]).args(args).output().unwrap()).trim().to_owned()
    };
    let (password, secret) = (pool["password"].as_str().unwrap(), pool["confidential_secret"].as_str().unwrap());
    assert_eq!(outcome(password, secret), "in");
    assert_eq!(outcome("wrong", secret), "refused");
    assert_eq!(outcome(password, "wrong"), "refused");
}
