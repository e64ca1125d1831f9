#include "gateway/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "gateway/complaint.h"
#include "gateway/config_keys.h"

namespace kerros {
namespace {

constexpr std::string_view kFile = "/etc/kerros/kerros.toml";

Complaint complaint(std::string_view toml) {
  const auto config = parse_config(toml, kFile);
  if (config) return {"no complaint", "", ""};
  EXPECT_EQ(config.error().code, ErrorCode::kMalformed);
  return complaint_of(config.error());
}

Config parsed(std::string_view toml) {
  auto config = parse_config(toml, kFile);
  EXPECT_TRUE(config) << (config ? "" : config.error().detail);
  return config ? *config : Config{};
}

std::string manual() {
  std::ifstream in(KERROS_SOURCE_DIR "/docker/kerros.toml");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Config, OfAnEmptyFileIsTheDefaultsWithPathsFromItsDirectory) {
  const auto config = parsed("");
  EXPECT_EQ(config.graph_door.listen, "127.0.0.1:8443");
  EXPECT_EQ(config.store.directory, "/etc/kerros/store");
  EXPECT_EQ(config.unseal.key_file, "/etc/kerros/secrets/root.key");
  EXPECT_EQ(config.upstream.ca_file, "");
  EXPECT_TRUE(config.policy.rules.empty());
}

// toml++ asserts what it expects here; a reload must not end by it.
TEST(Config, RefusesASectionWithoutANameThatCanBeRead) {
  for (const char* toml :
       {"[%", "[audit.%]", "[[%", "[ ", "[audit]\n[=]", "[policy.", "[[policy.;"}) {
    const auto refused = complaint(toml);
    EXPECT_THAT(refused.what, testing::StartsWith(std::string(kFile))) << toml;
    EXPECT_THAT(refused.what, testing::HasSubstr("this is not TOML")) << toml;
  }
}

TEST(Config, RefusesLettersBeyondAsciiWhereWhiteSpaceCouldBe) {
  for (const char* toml :
       {"unit = \"m\" \u00e4", "\u00e4 = 1", "unit = 3+\u043f", "[audit \u0433]"})
    EXPECT_THAT(complaint(toml).what, testing::HasSubstr("this is not TOML")) << toml;
  EXPECT_EQ(parsed("unit = \"p\u00e4\u00e4 \u043f\"  # \u00e4\n").unit, "p\u00e4\u00e4 \u043f");
}

TEST(Config, TakesEveryKindOfValue) {
  const auto config = parsed(R"(
unit = "hr"
[store]
directory = "/var/lib/kerros"
items_map_gib = 8
[sealing]
suite = "chacha20-poly1305"
[upstream]
content_hosts = ["contoso.sharepoint.com"]
connect_timeout = "500ms"
[[upstream.connect]]
host = "*.sharepoint.com"
address = "[::1]:4433"
[limits]
json_bytes = "2 MiB"
[policy]
legacy_plain = "refuse"
[[policy.rule]]
name = "health"
drives = ["b!1"]
paths = ["/Salassa/**"]
unit = "clinic"
legacy_plain = "pass"
[[policy.rule]]
)");
  EXPECT_EQ(config.store.directory, "/var/lib/kerros");
  EXPECT_EQ(config.store.items_map_gib, 8u);
  EXPECT_EQ(config.sealing.suite, crypto::Suite::kChaCha20Poly1305);
  EXPECT_EQ(config.upstream.connect_timeout, std::chrono::milliseconds(500));
  ASSERT_EQ(config.upstream.connect.size(), 1u);
  EXPECT_EQ(config.upstream.connect[0].address, "::1");
  EXPECT_EQ(config.upstream.connect[0].port, 4433);
  EXPECT_EQ(config.limits.json_bytes, 2u << 20);
  EXPECT_EQ(config.policy.legacy_plain, policy::LegacyPlain::kRefuse);
  ASSERT_EQ(config.policy.rules.size(), 2u);
  EXPECT_EQ(config.policy.rules[0].unit, "clinic");
  EXPECT_EQ(config.policy.rules[0].legacy_plain, policy::LegacyPlain::kPass);
  EXPECT_EQ(config.policy.rules[1].legacy_plain, std::nullopt);
  EXPECT_EQ(config.policy.rules[1].name, "secret");
  EXPECT_TRUE(config.policy.rules[1].paths.empty());
}

TEST(Config, TakesAProxyThatIsOff) {
  const auto config = parsed("[proxy]\nlisten = \"\"\nredirect_listen = \"\"\nexempt = []");
  EXPECT_FALSE(config.proxy.is_on());
  EXPECT_EQ(config.proxy.certificate, "/etc/kerros/tls/proxy-ca.pem");
  EXPECT_EQ(config.proxy.private_key, "/etc/kerros/secrets/proxy-ca.key");
  EXPECT_EQ(config.proxy.users_file, "");
}

TEST(Config, TakesAProxyOfANationalCloud) {
  const auto config = parsed(R"(
[upstream]
graph_host = "graph.microsoft.us"
[proxy]
listen = "0.0.0.0:3128"
redirect_listen = "[::]:3129"
name = "proxy.example.org:3128"
intercept = ["*.microsoft.us", "*.sharepoint.us"]
client_networks = ["2001:db8::/32", "192.0.2.1"]
ports = [443, 8443]
exempt = ["127.0.0.1", "intranet.example.org"]
tunnel_idle = "1h"
)");
  EXPECT_TRUE(config.proxy.is_on());
  EXPECT_EQ(config.proxy.client_networks.size(), 2u);
  EXPECT_EQ(config.proxy.ports, (std::vector<std::uint16_t>{443, 8443}));
  EXPECT_EQ(config.proxy.exempt.front(), "127.0.0.1");
  EXPECT_EQ(config.proxy.tunnel_idle, std::chrono::hours(1));
}

TEST(Config, NamesTheLineAndTheNearestKeyOfAnUnknownOne) {
  const auto c = complaint("unit = \"hr\"\n[graph_door]\nlisen = \"127.0.0.1:1\"\n");
  EXPECT_EQ(c.what, "/etc/kerros/kerros.toml:3: unknown key `graph_door.lisen`");
  EXPECT_EQ(c.hint, "did you mean `graph_door.listen`?");
}

struct Refused {
  const char* toml;
  const char* what;
  const char* hint;
};

class ConfigRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ConfigRefuses, WithLineReasonAndRemedy) {
  const auto c = complaint(GetParam().toml);
  EXPECT_EQ(c.what, std::string(kFile) + GetParam().what);
  EXPECT_FALSE(c.why.empty());
  EXPECT_EQ(c.hint, GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    Values, ConfigRefuses,
    testing::Values(
        Refused{"[upstrem]\nca_file = \"x\"", ":1: unknown key `upstrem`",
                "did you mean `upstream`?"},
        Refused{"zzzzzzzzzzzzzzz = 1", ":1: unknown key `zzzzzzzzzzzzzzz`",
                "docker/kerros.toml shows every key with its default"},
        Refused{"[[policy.rule]]\nnmae = \"x\"", ":2: unknown key `nmae`", "did you mean `name`?"},
        Refused{"[[upstream.connect]]\nhots = \"x\"", ":2: unknown key `hots`",
                "did you mean `host`?"},
        Refused{"store = 1", ":1: `store` is a section",
                "docker/kerros.toml shows every key with its default"},
        Refused{"[[policy.rule]]\nlegacy_plain = \"keep\"", ":2: `policy.rule` has a wrong value",
                "for example: \"refuse\""},
        Refused{"unit = 3", ":1: `unit` has a wrong value", "for example: \"...\""},
        Refused{"unit = \"a\\nb\"", ":1: `unit` has a wrong value", "for example: \"...\""},
        Refused{"[graph_door]\nlisten = \"localhost:1\"",
                ":2: `graph_door.listen` has a wrong value",
                "for example: \"127.0.0.1:8443\" or \"[::1]:8443\""},
        Refused{"[graph_door]\nlisten = \"127.0.0.1:65536\"",
                ":2: `graph_door.listen` has a wrong value",
                "for example: \"127.0.0.1:8443\" or \"[::1]:8443\""},
        Refused{"[graph_door]\nname = \"a b\"", ": `graph_door.name` is not a host name: \"a b\"",
                "write the name that clients connect to, with \":port\" when it is not 443"},
        Refused{"[proxy]\nlisten = \"localhost:3128\"", ":2: `proxy.listen` has a wrong value",
                "for example: \"127.0.0.1:8443\" or \"[::1]:8443\""},
        Refused{"[proxy]\nlisten = \"127.0.0.1:8443\"",
                ": `proxy.listen` is the address of another door: \"127.0.0.1:8443\"",
                "give it a port of its own, such as \"127.0.0.1:3128\""},
        Refused{"[proxy]\nlisten = \"10.0.0.1:1\"\nredirect_listen = \"10.0.0.1:1\"",
                ": `proxy.listen` is the address of another door: \"10.0.0.1:1\"",
                "give it a port of its own, such as \"10.0.0.1:3128\""},
        Refused{"[proxy]\nlisten = \"[::]:3128\"",
                ": `proxy.name` is empty, and `proxy.listen` is every address of this host",
                "write the proxy's name and port, such as \"proxy.example.org:3128\""},
        Refused{"[proxy]\nname = \"proxy.example.org\"",
                ": `proxy.name` is not a host name and a port: \"proxy.example.org\"",
                "write the proxy's name and port, such as \"proxy.example.org:3128\""},
        Refused{"[proxy]\nintercept = []", ":2: `proxy.intercept` has a wrong value",
                "for example: [\"*.sharepoint.com\"]"},
        Refused{"[proxy]\nintercept = [\n\"graph.microsoft.com\",\n\"https://x\"]",
                ":4: `proxy.intercept` has a wrong value", "for example: [\"*.sharepoint.com\"]"},
        Refused{"[proxy]\nintercept = [\"*.com\"]", ": `proxy.intercept` holds \"*.com\"",
                "name the cloud's hosts, such as \"*.sharepoint.com\""},
        Refused{"[proxy]\nlisten = \"127.0.0.1:1\"\nintercept = [\"*.sharepoint.com\"]",
                ": `proxy.intercept` leaves out `upstream.graph_host`, \"graph.microsoft.com\"",
                "add it to the list"},
        Refused{"[proxy]\nlisten = \"127.0.0.1:1\"\ncertificate = \"\"",
                ": `proxy.certificate` is empty",
                "leave the key out for its default, and run `kerros proxy ca init`"},
        Refused{"[proxy]\nprivate_key = \"store/ca.key\"",
                ": `proxy.private_key` lies inside `store.directory`",
                "move the key file out of the store and name its new place"},
        Refused{"[proxy]\nclient_networks = [\"10.1.2.3/8\"]",
                ":2: `proxy.client_networks` has a wrong value",
                "for example: [\"10.0.0.0/8\", \"2001:db8::/32\"]"},
        Refused{"[proxy]\nclient_networks = []", ":2: `proxy.client_networks` has a wrong value",
                "for example: [\"10.0.0.0/8\", \"2001:db8::/32\"]"},
        Refused{"[proxy]\nports = [443, 0]", ":2: `proxy.ports` has a wrong value",
                "for example: [443]"},
        Refused{"[proxy]\nports = 443", ":2: `proxy.ports` has a wrong value",
                "for example: [443]"},
        Refused{"[proxy]\nexempt = [\"a b\"]", ":2: `proxy.exempt` has a wrong value",
                "for example: [\"*.sharepoint.com\"]"},
        Refused{"[proxy]\ntunnel_idle = \"2w\"", ":2: `proxy.tunnel_idle` has a wrong value",
                "for example: \"15m\""},
        Refused{"[proxy]\ntunnel_idle = \"0s\"", ": `proxy.tunnel_idle` is 0ms",
                "write a time between \"10ms\" and \"24h\""},
        Refused{"[proxy]\ntunnels = 0", ":2: `proxy.tunnels` has a wrong value",
                "for example: 4096"},
        Refused{"[upstream]\ncontent_hosts = [\"a/b\"]",
                ":2: `upstream.content_hosts` has a wrong value",
                "for example: [\"*.sharepoint.com\"]"},
        Refused{"[limits]\njson_bytes = 16", ":2: `limits.json_bytes` has a wrong value",
                "for example: \"16MiB\""},
        Refused{"[limits]\njson_bytes = \"16MB\"", ":2: `limits.json_bytes` has a wrong value",
                "for example: \"16MiB\""},
        Refused{"[limits]\njson_bytes = \"9999999999TiB\"",
                ":2: `limits.json_bytes` has a wrong value", "for example: \"16MiB\""},
        Refused{"[limits]\ndrain = \"30\"", ":2: `limits.drain` has a wrong value",
                "for example: \"30s\""},
        Refused{"[limits]\nthreads = -1", ":2: `limits.threads` has a wrong value",
                "for example: 0"},
        Refused{"[limits]\nclient_idle = \"0s\"", ": `limits.client_idle` is 0ms",
                "write a time between \"10ms\" and \"24h\""},
        Refused{"[sealing]\nsuite = \"des\"", ":2: `sealing.suite` has a wrong value",
                "for example: \"aes-256-gcm\""},
        Refused{"[unseal]\nkey_file = \"store/root.key\"",
                ": `unseal.key_file` lies inside `store.directory`",
                "move the key file out of the store and name its new place"},
        Refused{"[unseal]\nkey_file = \"\"", ": `unseal.key_file` is empty",
                "name the key file that `kerros init` made, or unseal with a passphrase"},
        Refused{"[upstream]\ncontent_hosts = []", ":2: `upstream.content_hosts` has a wrong value",
                "for example: [\"*.sharepoint.com\"]"},
        Refused{"[[upstream.connect]]\nhost = \"x\"", ":1: `upstream.connect` has a wrong value",
                "for example: host = \"*.sharepoint.com\" and address = \"127.0.0.1:8445\""},
        Refused{"[[policy.rule]]\n[[policy.rule]]", ": two policy rules are named \"secret\"",
                "rename one of them"},
        Refused{"[[policy.rule]]\npaths = [\"x\"]", ": policy rule \"secret\" has the path \"x\"",
                "write \"/x\" for the root, or \"/**/x\" for any depth"},
        Refused{"[[policy.rule]]\npaths = []", ":2: `policy.rule` has a wrong value",
                "for example: paths = [\"/Secret/**\"]"},
        Refused{"[audit]\norigin = \"a b\"",
                ": `audit.origin` holds a space, a \"+\" or a control character",
                "write one word such as \"kerros.example.org/log\""}));

TEST(Config, SaysWhereTheTextStopsBeingToml) {
  EXPECT_TRUE(complaint("unit = \"a\"\nunit = = 3")
                  .what.starts_with("/etc/kerros/kerros.toml:2: this is not TOML: "));
}

TEST(Config, ThatIsNotThereIsNotFound) {
  const auto config = load_config("/nonexistent/kerros.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::kNotFound);
}

TEST(ConfigManual, EqualsTheDefaults) {
  EXPECT_EQ(difference(parsed(""), parsed(manual())), std::vector<std::string>{});
}

// The commented examples become live and must still be read.
TEST(ConfigManual, ShowsEveryKey) {
  const auto text = manual();
  Config config;
  for (const auto& key : config::keys(config)) {
    const auto dot = key.name.rfind('.');
    const std::string leaf(key.name.substr(dot == std::string_view::npos ? 0 : dot + 1));
    const bool is_table = std::holds_alternative<config::Connects>(key.slot) ||
                          std::holds_alternative<config::RuleList>(key.slot);
    const std::string line =
        is_table ? "# \\[\\[" + std::string(key.name) + "\\]\\]" : leaf + " = ";
    EXPECT_TRUE(std::regex_search(text, std::regex("(^|\n)" + line))) << key.name;
  }
  const auto live = parsed(std::regex_replace(
      text, std::regex("\n# ((\\[\\[|host =|address =|name =|drives =|paths =|unit =).*)"),
      "\n$1"));
  ASSERT_EQ(live.policy.rules.size(), 1u);
  EXPECT_EQ(live.policy.rules[0].unit, "hr");
  ASSERT_EQ(live.upstream.connect.size(), 1u);
  EXPECT_EQ(live.upstream.connect[0].port, 8444);
}

TEST(ConfigManual, MarksTheKeysThatNeedARestart) {
  Config config;
  std::size_t marked = 0;
  for (const auto& key : config::keys(config)) marked += key.restart ? 1 : 0;
  const auto text = manual();
  const std::regex mark("restart\\)");
  const auto found =
      std::distance(std::sregex_iterator(text.begin(), text.end(), mark), std::sregex_iterator());
  EXPECT_EQ(static_cast<std::size_t>(found), marked + 1);  // one explains the mark
}

TEST(ConfigDifference, ShowsEachChangedKeyOnce) {
  const auto before = parsed("");
  const auto after = parsed("unit = \"hr\"\n[[policy.rule]]\npaths = [\"/A/**\"]");
  EXPECT_EQ(
      difference(before, after),
      (std::vector<std::string>{R"(unit: "" -> "hr")",
                                R"(policy.rule: [] -> [{ name = "secret", paths = ["/A/**"] }])"}));
  EXPECT_TRUE(needs_restart(before, after).empty());
  const auto proxied = parsed("[proxy]\nlisten = \"127.0.0.1:1\"\nports = [443, 1]");
  EXPECT_EQ(difference(before, proxied),
            (std::vector<std::string>{R"(proxy.listen: "" -> "127.0.0.1:1")",
                                      "proxy.ports: [443] -> [443, 1]"}));
  EXPECT_EQ(needs_restart(before, proxied), std::vector<std::string>{"proxy.listen"});
  EXPECT_EQ(needs_restart(before, parsed("[graph_door]\nlisten = \"127.0.0.1:1\"")),
            std::vector<std::string>{"graph_door.listen"});
}

TEST(ConfigRestart, KeepsTheMarkedKeysAndTakesTheOthers) {
  const auto running = parsed(
      "[proxy]\nlisten = \"127.0.0.1:1\"\nname = \"proxy.example:1\"\n[limits]\nthreads = 3\n"
      "connections = 7\n[sealing]\nbackend = \"openssl\"\n[[upstream.connect]]\n"
      "host = \"a.example\"\naddress = \"127.0.0.1:2\"");
  auto next = parsed("unit = \"hr\"\n[proxy]\nports = [443, 1]\n[limits]\ndrain = \"1s\"");
  config::keep_restart_values(running, next);
  EXPECT_EQ(needs_restart(running, next), std::vector<std::string>());
  EXPECT_EQ(difference(running, next),
            (std::vector<std::string>{R"(unit: "" -> "hr")", "proxy.ports: [443] -> [443, 1]",
                                      R"(limits.drain: "30s" -> "1s")"}));
  EXPECT_EQ(next.proxy.listen, "127.0.0.1:1");
  EXPECT_EQ(next.limits.threads, 3u);
  EXPECT_EQ(next.upstream.connect.size(), 1u);
}

}  // namespace
}  // namespace kerros
