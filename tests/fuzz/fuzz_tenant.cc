// A request line for a host beside Graph, of any octets: classified or refused, and never more
// lenient for being spelled otherwise.
#include <array>
#include <string>
#include <string_view>

#include "gateway/sharepoint/classify_tenant.h"
#include "tests/fuzz/check.h"

using namespace kerros::sharepoint;

namespace {

constexpr std::array<std::string_view, 9> kVerbs{"GET",      "PUT",  "POST", "PATCH", "DELETE",
                                                 "PROPFIND", "LOCK", "MOVE", "HEAD"};
constexpr std::array<HostKind, 4> kHosts{HostKind::kTenant, HostKind::kMedia, HostKind::kIngest,
                                         HostKind::kConsumer};

kerros::graph::RequestHead head_of(std::string_view verb, std::string target) {
  return {kerros::graph::method_of(verb), std::string(verb), std::move(target), {}};
}

// The path in capitals, without touching what was encoded.
std::string in_capitals(std::string target) {
  for (std::size_t i = 0; i < target.size() && target[i] != '?'; ++i) {
    if (target[i] == '%') {
      i += 2;
    } else if (target[i] >= 'a' && target[i] <= 'z') {
      target[i] = static_cast<char>(target[i] - 'a' + 'A');
    }
  }
  return target;
}

void check_words(const TenantTarget& target) {
  for (const Word& word : target.words) {
    FUZZ_CHECK(!word.name.empty() && word.name != "." && word.name != "..");
    for (const char form : {'/', '\\', '\0', '\r', '\n'})
      FUZZ_CHECK(word.name.find(form) == std::string::npos);
  }
}

}  // namespace

// Input: the first octet picks verb and host, the rest is the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view verb = kVerbs[data[0] % kVerbs.size()];
  const HostKind host = kHosts[data[0] / kVerbs.size() % kHosts.size()];
  const std::string target(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto route = classify_tenant(host, head_of(verb, target));
  if (!route) return 0;
  check_words(route->target);
  FUZZ_CHECK(target.find(route->target.raw_path) != std::string::npos);
  FUZZ_CHECK(route->treatment != Treatment::kOpen || verb == "GET" || verb == "HEAD");
  FUZZ_CHECK(route->treatment == Treatment::kRefuse || !route->pattern.empty());
  FUZZ_CHECK((route->treatment == Treatment::kDriveApi) <=
             (route->drive && route->drive->operation != kerros::graph::Operation::kUnknown));
  // Case means nothing there, but in the drive API, where other words are refused.
  if (route->target.drive || !target.starts_with('/')) return 0;
  const auto loud = classify_tenant(host, head_of(verb, in_capitals(target)));
  FUZZ_CHECK(loud.has_value() && loud->treatment == route->treatment);
  FUZZ_CHECK(loud->pattern == route->pattern);
  return 0;
}
