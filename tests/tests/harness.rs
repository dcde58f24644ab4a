//! The server and the browser that all other tests of the page stand on.

use std::fs;
use std::net::TcpStream;
use std::panic;
use std::path::{Path, PathBuf};

use serde_json::json;
use terrarium_tests::{Browser, BrowserOptions, SiteOptions, StaticSite};

const PAGE: &str = r#"<!doctype html>
<title>A tiny page</title>
<link rel="icon" href="data:,">
<script type="module">
    import { answer } from "./answer.js";
    window.answer = answer;
</script>"#;

fn tiny_site(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("index.html"), PAGE).unwrap();
    fs::write(folder.join("answer.js"), "export const answer = 42;").unwrap();
    // The shortest module there is: the magic number and the version.
    fs::write(folder.join("empty.wasm"), b"\0asm\x01\0\0\0").unwrap();
    folder
}

#[tokio::test]
async fn a_page_is_served_opened_and_asked() {
    let site = StaticSite::serve(tiny_site("plain")).unwrap();
    let browser = Browser::launch().await.unwrap();
    browser.goto(site.url("")).await.unwrap();

    assert_eq!(browser.title().await.unwrap(), "A tiny page");
    assert_eq!(browser.eval("return window.answer").await.unwrap(), json!(42));
    assert_eq!(browser.eval("return [innerWidth, innerHeight]").await.unwrap(), json!([1280, 900]));
    assert_eq!(browser.eval("return crossOriginIsolated").await.unwrap(), json!(false));
    // Streaming compilation refuses any other media type than application/wasm.
    let compiled = browser.eval("return WebAssembly.compileStreaming(fetch('empty.wasm')).then(String)").await.unwrap();
    assert_eq!(compiled, json!("[object WebAssembly.Module]"));
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());

    let screenshot = Path::new(env!("CARGO_TARGET_TMPDIR")).join("harness.png");
    browser.save_screenshot(&screenshot).await.unwrap();
    assert_eq!(fs::read(&screenshot).unwrap()[..4], *b"\x89PNG");
}

#[tokio::test]
async fn a_page_under_a_path_on_a_phone_is_isolated_and_reports_its_errors() {
    let options = SiteOptions { prefix: "some/where".to_owned(), cross_origin_isolated: true, ..SiteOptions::default() };
    let site = StaticSite::serve_with(tiny_site("prefixed"), options).unwrap();
    let options = BrowserOptions { viewport: (360, 740), ..BrowserOptions::default() };
    let browser = Browser::launch_with(&options).await.unwrap();
    browser.goto(site.url("index.html")).await.unwrap();

    assert!(site.url("").ends_with("/some/where/"));
    assert_eq!(browser.eval("return window.answer").await.unwrap(), json!(42));
    assert_eq!(browser.eval("return [innerWidth, innerHeight]").await.unwrap(), json!([360, 740]));
    assert_eq!(browser.eval("return crossOriginIsolated").await.unwrap(), json!(true));
    assert_eq!(browser.eval("return fetch('/answer.js').then(response => response.status)").await.unwrap(), json!(404));
    browser.console_errors().await.unwrap();
    browser.eval("console.log('fine'); console.error('not fine')").await.unwrap();
    let errors = browser.console_errors().await.unwrap();
    assert!(errors.len() == 1 && errors[0].contains("not fine"), "{errors:?}");
}

#[tokio::test]
async fn webgpu_is_there_where_it_was_asked_for() {
    let site = StaticSite::serve(tiny_site("webgpu")).unwrap();
    for webgpu in [false, true] {
        let options = BrowserOptions { webgpu, ..BrowserOptions::default() };
        let browser = Browser::launch_with(&options).await.unwrap();
        browser.goto(site.url("")).await.unwrap();
        let adapter = "return navigator.gpu?.requestAdapter().then(adapter => adapter !== null) ?? false";
        assert_eq!(browser.eval(adapter).await.unwrap(), json!(webgpu));
    }
}

#[tokio::test]
async fn a_panicking_test_leaves_no_browser_behind() {
    let ended = tokio::spawn(async {
        let browser = Browser::launch().await.unwrap();
        let chrome = browser.capabilities().get("goog:chromeOptions").unwrap()["debuggerAddress"].as_str().unwrap().to_owned();
        let driver = browser.server_url().socket_addrs(|| None).unwrap()[0].to_string();
        let addresses = [chrome, driver];
        assert!(addresses.iter().all(|address| TcpStream::connect(address).is_ok()), "{addresses:?} should listen");
        panic::panic_any(addresses);
    });
    let addresses = ended.await.unwrap_err().into_panic().downcast::<[String; 2]>().unwrap();
    assert!(addresses.iter().all(|address| TcpStream::connect(address).is_err()), "{addresses:?} should be closed");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let error = StaticSite::serve("no/such/folder").err().unwrap();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}
