use super::*;
use proptest::prelude::*;

fn of(home: &str, user: Option<&str>) -> Private {
    Private::new(Path::new(home), user.map(str::to_owned))
}

fn sam() -> Private {
    of("/home/sam", Some("sam"))
        .on(["atlas-7".to_owned()], ["OFFICE".to_owned()])
        .with_settings(["https://nexus.lab.example/simple", "http://10.1.2.3:3128"])
}

#[track_caller]
fn each(private: &Private, table: &[(&str, &str)]) {
    for (text, plain) in table {
        assert_eq!(redacted(text, private), *plain, "{text}");
        assert_eq!(redacted(plain, private), *plain, "a second time");
    }
}

/// What must not be touched.
#[track_caller]
fn whole(texts: &[&str]) {
    for text in texts {
        assert_eq!(redacted(text, &sam()), *text);
    }
}

#[test]
fn every_pattern_can_be_read() {
    let all =
        [&PLACEHOLDER, &folders::ABOVE, &folders::SHARE, &ids::CARD, &ids::SERIAL, &hosts::ACCOUNT, &hosts::ANNOUNCED];
    let more = [&hosts::WITH_PORT, &addresses::FOUR_NUMBERS, &addresses::GROUPS, &addresses::PAIRS];
    assert!(all.into_iter().chain(more).all(|pattern| pattern.is_some()));
}

#[test]
fn the_home_folder_of_linux_becomes_a_tilde() {
    let sam = of("/home/sam/", None);
    each(
        &sam,
        &[
            ("/home/sam/torch-cu130/bin/python", "~/torch-cu130/bin/python"),
            ("in /home/sam: no such file", "in ~: no such file"),
            ("'/home/sam/my env' and /home/sam.", "'~/my env' and ~."),
            ("/mnt/data/sam/x", "/mnt/data/<user>/x"),
            ("the same sample, for sam", "the same sample, for <user>"),
            ("/HOME/SAM/x", "/HOME/SAM/x"),
            ("", ""),
        ],
    );
}

#[test]
fn windows_has_one_folder_in_many_spellings() {
    let jo = of(r"C:\Users\Jörg", Some(r"OFFICE\j.meyer"));
    for text in [r"C:\Users\Jörg\torch", r"c:\users\JÖRG\torch", r"C:\\Users\\Jörg\torch", r"C:/Users/Jörg\torch"] {
        assert_eq!(redacted(text, &jo), r"~\torch", "{text}");
    }
    let share = of(r"\\files\people\jo.meyer", None);
    for text in
        [r"\\FILES\people\jo.meyer\torch", r"\\\\files\\people\\jo.meyer\torch", "//files/people/jo.meyer\\torch"]
    {
        assert_eq!(redacted(text, &share), r"~\torch", "{text}");
    }
    each(
        &jo,
        &[
            ("file:///C:/Users/Jörg/torch", "file:///~/torch"),
            (r"D:\work\JÖRG\torch of J.Meyer", r"D:\work\<user>\torch of <user>"),
            (r"run as OFFICE\j.meyer", r"run as <domain>\<user>"),
            (r"run as CONTOSO\j.meyer", r"run as <domain>\<user>"),
        ],
    );
}

#[test]
fn a_name_that_says_nothing_stays() {
    let everybody = of("/home/user", Some("user"));
    assert_eq!(redacted("the user of /home/user/torch", &everybody), "the user of ~/torch");
    let short = of("/home/j", None);
    assert_eq!(redacted("j of /data/j/x and /home/j", &short), "j of /data/<user>/x and ~");
    for home in ["", "/", r"C:\"] {
        assert_eq!(redacted(r"/a/b C:\a", &of(home, None)), r"/a/b C:\a", "{home:?}");
    }
}

#[test]
fn folders_of_other_people_lose_their_name() {
    each(
        &sam(),
        &[
            ("/home/samuel/x and /home/bob", "/home/<user-1>/x and /home/<user-2>"),
            ("/home/sam-old/x", "/home/<user-1>/x"),
            ("PATH=/bin:/home/bob/bin:/home/eve/bin", "PATH=/bin:/home/<user-1>/bin:/home/<user-2>/bin"),
            (r"C:\Users\Max Muster\AppData", r"C:\Users\<user-1>\AppData"),
            (r"C:\\Users\\bob\\x and c:/users/BOB/y", r"C:\\Users\\<user-1>\\x and c:/users/<user-1>/y"),
            (r"D:\Users\bob is not there; see C:\x", r"D:\Users\<user-1> is not there; see C:\x"),
            ("/mnt/c/Users/bob/x /c/Users/eve", "/mnt/c/Users/<user-1>/x /c/Users/<user-2>"),
            ("/Users/bob/Library", "/Users/<user-1>/Library"),
            (r"\\files\profiles$\bob\torch", r"\\<host-1>\profiles$\<user-1>\torch"),
            (r"\\\\files\\share\\x", r"\\\\<host-1>\\share\\x"),
            ("/var/home/bob.", "/var/home/<user-1>."),
            (r"TEMP=C:\Users\MATHIL~1", r"TEMP=C:\Users\<user-1>"),
            ("file:///C:/Users/J%C3%B6rg/x", "file:///C:/Users/<user-1>/x"),
        ],
    );
    whole(&[
        r"C:\Users\Public\x and C:\Users\Default",
        "/home/user/x /home/ubuntu/x /home/$USER/x",
        "https://docs.nvidia.com/home/x",
        "self.home/users/x site/home/index.html",
        r"\\wsl.localhost\Ubuntu\opt and \\?\C:\x and \\.\pipe\x",
        r#""path": "\\folder\\file""#,
    ]);
}

#[test]
fn this_pc_and_hosts_that_are_not_public_are_hidden() {
    each(
        &sam(),
        &[
            ("on atlas-7: ok, ATLAS-7.local", "on <host>: ok, <host>"),
            ("sam@atlas-7:~$ ls", "<user>@<host>:~$ ls"),
            ("bob@vega:~/x$ ls; root@0a1b2c3d4e5f:/w#", "<user-1>@<host-1>:~/x$ ls; root@<host-2>:/w#"),
            ("see https://wiki.lab.example:8443/x?y", "see https://<host-1>:8443/x?y"),
            ("http://ci/ then http://ci/2, http://cd/", "http://<host-1>/ then http://<host-1>/2, http://<host-2>/"),
            (
                "HTTPSConnectionPool(host='repo.lab.example', port=443)",
                "HTTPSConnectionPool(host='<host-1>', port=443)",
            ),
            ("Could not resolve host: repo.lab.example.", "Could not resolve host: <host-1>."),
            ("proxy.corp:3128 refused", "<host-1>:3128 refused"),
            ("nexus.lab.example answers, xnexus.lab.example", "<host-1> answers, xnexus.lab.example"),
            ("git@git.lab.example:team/torch.git", "git@<host-1>:team/torch.git"),
            ("https://ada:pw@repo.lab.example/simple", "https://***@<host-1>/simple"),
            ("the OFFICE domain", "the <domain> domain"),
        ],
    );
    whole(&[
        "https://download.pytorch.org/whl/cu130/torch/ and http://localhost:8080/",
        "git@github.com:pytorch/pytorch.git https://raw.githubusercontent.com/x",
        "https://developer.download.nvidia.com/compute https://huggingface.co/x",
        "ssh://git@github.com/pytorch/pytorch",
        "https://{host}/x https://$HOST/x https://... file:///opt/x",
        "main.py:12: error, torch.cuda:0 std::chrono:10",
    ]);
}

#[test]
fn the_public_index_is_known_by_its_form() {
    for (host, is_private) in [
        ("pypi.tld", false),
        ("files.pythonx.tld", false),
        ("pypi.lab.example", true),
        ("my.pypi.tld", true),
        ("pypi", true),
    ] {
        assert_eq!(hosts::is_private(host), is_private, "{host}");
    }
}

#[test]
fn addresses_of_people_and_networks_are_hidden() {
    each(
        &sam(),
        &[
            ("mail ada.l@lab.example or Ada.L@lab.example", "mail <email-1> or <email-1>"),
            ("connect to 10.1.2.3 failed, 10.1.2.4 too", "connect to <ip-1> failed, <ip-2> too"),
            ("http://12.8.4.1:8080/ and 12.8.4.1:443", "http://<ip-1>:8080/ and <ip-1>:443"),
            ("(host='192.168.1.5', port=80)", "(host='<ip-1>', port=80)"),
            ("inet 172.16.0.9/24 brd 172.16.0.255", "inet <ip-1>/24 brd <ip-2>"),
            ("HTTP_PROXY=10.0.0.1 nameserver 8.8.8.8", "HTTP_PROXY=<ip-1> nameserver <ip-2>"),
            ("from 84.12.3.4 port 22", "from <ip-1> port 22"),
            ("fe80::1ff:fe23:4567:890a%eth0: and 2001:DB8::1, 2001:db8:0::1", "<ip-1>: and <ip-2>, <ip-2>"),
            ("http://[2001:db8::2]:80/ ::ffff:10.0.0.7", "http://[<ip-1>]:80/ <ip-2>"),
            ("link 00:15:5d:0A:0b:0c, 00-15-5D-0A-0B-0C", "link <mac-1>, <mac-1>"),
        ],
    );
}

#[test]
fn versions_are_no_addresses() {
    whole(&[
        "driver 560.35.03, torch 2.9.0+cu130, CUDA 12.8",
        "nvidia-cublas-cu12==12.8.4.1 nvidia-cudnn-cu12>=9.1.0.70,<10",
        "nvidia_curand_cu12-10.3.9.90-py3-none-manylinux_2_27_x86_64.whl",
        "nvidia-curand-cu12         10.3.9.90",
        " + nvidia-cusolver-cu12==11.7.3.90",
        "opencv-python   4.11.0.86",
        "(from versions: 11.4.5.107, 11.5.1.109, 10.3.9.90)",
        "\"version\": \"12.8.4.1\", version = \"9.1.0.70\"",
        "cuDNN 9.1.0.70 and cuda driver version 12.8.4.1",
        "Driver Version: 32.0.15.8157 [Version 10.0.26100.1]",
        "/opt/cudnn/9.1.0.70/lib libcudnn.so.9.1.0.70",
        "127.0.0.1:8080 0.0.0.0 ::1 [::]:80 255.255.255.0 localhost",
        "1.2.3.4.5 v1.2.3.4 1.2.3 300.1.2.3",
        "c10::Error c10:: at::native fe80 12:34:56 00000000:01:00.0 std::a::b",
        "sha256:0a1b2c 00:00:00:00:00:00 2026-11-21-10-15-00-00",
        "actions/checkout@v4 name @ file:///x icon@2x torch@2.9 @torch.compile",
    ]);
}

#[test]
fn cards_serial_numbers_and_keys_are_hidden() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\nAAAE\n-----END OPENSSH PRIVATE KEY-----";
    each(
        &sam(),
        &[
            ("GPU-7c1b2f60-1111-2222-3333-0123456789ab, MIG-7c1b2f60-1111-2222-3333-0123456789ab", "<gpu-1>, <gpu-2>"),
            ("CUDA_VISIBLE_DEVICES=GPU-7c1b2f60,1", "CUDA_VISIBLE_DEVICES=<gpu-1>,1"),
            ("Serial Number : 0320718012345", "Serial Number : <serial-1>"),
            ("serial=PF1ABC2D", "serial=<serial-1>"),
            (&format!("a\n{key}\nb"), "a\n<private-key>\nb"),
            (
                "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0a1b\nMIIEpAIBAAKCAQEA0a1b\nok done\n",
                "a\n<private-key>\nok done\n",
            ),
            ("ok done\nMIIEpAIBAAKCAQEA0a1b\n0a1b==\n-----END PRIVATE KEY-----\nb", "ok done\n<private-key>\nb"),
            ("AKIAIOSFODNN7EXAMPLE password=hunter2", "*** password=***"),
        ],
    );
    whole(&["Serial Number : N/A", "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA0a1b\n-----END CERTIFICATE-----"]);
}

#[test]
fn one_report_has_one_number_for_one_value() {
    let private = sam();
    let mut redactor = Redactor::new(&private);
    assert_eq!(redactor.text("10.1.2.3 sam 10.1.2.4"), "<ip-1> <user> <ip-2>");
    assert_eq!(redactor.text("10.1.2.4 and 10.1.2.5"), "<ip-2> and <ip-3>");
    assert_eq!(redactor.text("<ip-7> was there, 10.1.2.9"), "<ip-7> was there, <ip-8>");
    let hidden: Vec<_> = redactor.hidden().iter().map(|(kind, count)| (*kind, *count)).collect();
    assert_eq!(hidden, [(Kind::User, 1), (Kind::Ip, 5)]);
}

#[test]
fn json_is_redacted_as_what_it_says() {
    let private = of(r"C:\Users\Zoé", None).on(["atlas-7".to_owned()], []);
    for (json, plain) in [
        (r#"{"path": "C:\\Users\\Zo\u00e9\\x", "n": 1}"#, r#"{"path": "~\\x", "n": 1}"#),
        // Read as a text, an `n` would stand before the name.
        (r#"["one\natlas-7\tZo\u00e9"]"#, r#"["one\n<host>\t<user>"]"#),
        (r#"{"index_token":"two words", "other":"two words"}"#, r#"{"index_token":"***", "other":"two words"}"#),
        (r#"{"cudnn_version":"9.1.0.70","at":"9.1.0.70"}"#, r#"{"cudnn_version":"9.1.0.70","at":"<ip-1>"}"#),
        (r#"{"serial":"0320718012345"}"#, r#"{"serial":"<serial-1>"}"#),
        (r#"{"cut": "in the mid Zoé"#, r#"{"cut": "in the mid <user>"#),
        (r#"{"Zoé": ""}"#, r#"{"<user>": ""}"#),
    ] {
        assert_eq!(redacted_json(json, &private), plain, "{json}");
    }
}

/// Texts with pieces of everything that is looked for.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "sam",
        "atlas-7",
        "/home/",
        "/home/sam",
        "bob",
        r"\",
        r"\\",
        "/",
        "//",
        "://",
        "@",
        ":",
        ".",
        " ",
        "\n",
        "=",
        "\"",
        "10.1.2.3",
        "12.8.4.1",
        "fe80::1",
        "::",
        "00:15:5d:0a:0b:0c",
        "GPU-7c1b2f60",
        "password",
        "token=",
        "lab.example",
        "http",
        "host='",
        "<ip-1>",
        "<user>",
        "***",
        "~",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "é",
        "eyJhbGciOiJIUzI1NiJ9",
        "OFFICE",
        "C:",
        "Users",
        "version",
        "-",
        "_",
        "0",
        "A",
        "<",
        ">",
        "serial: 12345",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_of_the_home_folder_is_left(before in "[a-z /]{0,8}", after in "(/[a-z]{0,8})?") {
        let text = format!("{before} /home/zoé{after}");
        prop_assert!(!redacted(&text, &of("/home/zoé", None)).contains("zoé"));
    }

    #[test]
    fn a_second_time_changes_nothing(text in pieces()) {
        let once = redacted(&text, &sam());
        prop_assert_eq!(redacted(&once, &sam()), once);
    }

    #[test]
    fn any_text_is_taken(text in "\\PC{0,80}", home in "\\PC{0,12}", json in "[\\[{\"\\\\:a-z,]{0,40}") {
        let private = of(&home, Some(&home)).on([home.clone()], [home.clone()]).with_settings([home.as_str()]);
        redacted(&text, &private);
        redacted_json(&json, &private);
    }

    #[test]
    fn plain_words_and_numbers_stay(text in "[a-eg-z ,;()\\[\\]0-9+-]{0,60}") {
        prop_assert_eq!(redacted(&text, &of("/home/xaver", None)), text);
    }
}
