// kerros.toml of any octets: refused in whole sentences with its file named, or read to the same
// values every time.
#include <algorithm>
#include <string_view>

#include "gateway/complaint.h"
#include "gateway/config.h"
#include "gateway/proxy/network.h"
#include "tests/fuzz/check.h"

using namespace kerros;

namespace {

constexpr std::string_view kFile = "/etc/kerros/kerros.toml";

void check_refusal(const Error& error) {
  FUZZ_CHECK(error.code == ErrorCode::kMalformed);
  FUZZ_CHECK(std::ranges::count(error.detail, '\n') == 2);
  const Complaint complaint = complaint_of(error);
  FUZZ_CHECK(complaint.what.starts_with(kFile));
  FUZZ_CHECK(!complaint.why.empty() && !complaint.hint.empty());
  for (const std::string* sentence : {&complaint.what, &complaint.why, &complaint.hint})
    for (const char c : *sentence) FUZZ_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

// What the program relies on without looking again.
void check_values(const Config& config) {
  FUZZ_CHECK(config.file == kFile);
  FUZZ_CHECK(!config.graph_door.name.empty() && !config.upstream.graph_host.empty());
  FUZZ_CHECK(config.unseal.method != Config::Unseal::Method::kKeyFile ||
             config.unseal.key_file.front() == '/');
  for (const auto& host : config.upstream.content_hosts)
    FUZZ_CHECK(!host.empty() && host.find('/') == std::string::npos);
  for (const auto* hosts : {&config.proxy.intercept, &config.proxy.exempt})
    for (const auto& host : *hosts)
      FUZZ_CHECK(!host.empty() && host.find('/') == std::string::npos);
  for (const auto& network : config.proxy.client_networks)
    FUZZ_CHECK(proxy::parse_network(network).has_value());
  for (const auto port : config.proxy.ports) FUZZ_CHECK(port != 0);
  FUZZ_CHECK(!config.proxy.intercept.empty() && !config.proxy.ports.empty());
  for (const auto& connect : config.upstream.connect) FUZZ_CHECK(connect.port != 0);
  for (const auto& rule : config.policy.rules)
    for (const auto& path : rule.paths) FUZZ_CHECK(path.starts_with('/'));
  FUZZ_CHECK(config.upstream.idle_timeout.count() > 0 && config.limits.head_timeout.count() > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view toml = as_text({data, size});
  const auto config = parse_config(toml, kFile);
  if (!config) {
    check_refusal(config.error());
    return 0;
  }
  check_values(*config);
  const auto again = parse_config(toml, kFile);
  FUZZ_CHECK(again && difference(*config, *again).empty());
  const auto changed = difference(Config{}, *config);
  FUZZ_CHECK(needs_restart(Config{}, *config).size() <= changed.size());
  return 0;
}
