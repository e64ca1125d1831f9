// What clients say first at the doors of workstations: TLS, whole or in part, and CONNECT.
#include <algorithm>

#include "gateway/proxy/client_hello.h"
#include "gateway/proxy/connect.h"
#include "gateway/proxy/host_name.h"
#include "tests/fuzz/check.h"

using namespace kerros;
using namespace kerros::proxy;
using Found = ClientHello::Found;

namespace {

void check_name(const std::string& name) {
  FUZZ_CHECK(name == lower(name) && !name.ends_with('.'));
}

void check_hello(ByteView bytes, std::size_t cut) {
  const ClientHello whole = read_client_hello(bytes);
  if (whole.found != Found::kHello) FUZZ_CHECK(whole.server_name.empty() && whole.alpn.empty());
  check_name(whole.server_name);
  if (!whole.server_name.empty())
    FUZZ_CHECK(is_dns_name(whole.server_name) && !is_address_literal(whole.server_name));
  // What was decided of the beginning holds, whatever follows.
  const ClientHello part = read_client_hello(bytes.first(std::min(cut, bytes.size())));
  if (part.found == Found::kMore) return;
  FUZZ_CHECK(part.found == whole.found);
  FUZZ_CHECK(part.server_name == whole.server_name && part.alpn == whole.alpn);
}

void check_authority(std::string_view target) {
  const auto to = parse_authority(target);
  if (!to) return;
  FUZZ_CHECK(to->port != 0 && !to->host.empty());
  if (to->host.find(':') != std::string::npos) return;  // in brackets, whatever it is
  check_name(to->host);
  const auto again = parse_authority(to->host + ":" + std::to_string(to->port));
  FUZZ_CHECK(again && again->host == to->host && again->port == to->port);
}

}  // namespace

// Input: two octets of where to cut, then what is said.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView said(data + 2, size - 2);
  check_hello(said, load_be<std::uint16_t>({data, 2}));
  check_authority(as_text(said));
  return 0;
}
