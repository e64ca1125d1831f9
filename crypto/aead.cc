#include "crypto/aead.h"

#include <algorithm>

namespace kerros::crypto {
namespace {

constexpr std::array kSuites = {Suite::kAes256Gcm, Suite::kChaCha20Poly1305};
constexpr std::array<std::string_view, 4> kNames = {"auto", "ipsec-mb", "openssl", "libsodium"};
constexpr int kStartRounds = 100;         // of two that have served for years: some milliseconds
constexpr int kWideStartRounds = 10'000;  // of the one whose code depends on the CPU most

Status supports_every_suite(const Backend& backend) {
  for (const Suite suite : kSuites) {
    if (!backend.supports(suite)) {
      return fail(ErrorCode::kUnavailable,
                  std::string(backend.name()) + " has no " + name(suite) + " on this machine");
    }
  }
  return {};
}

Status fit_to_serve(const Backend& backend) {
  if (auto all = supports_every_suite(backend); !all) return all;
  return self_test(backend);
}

Status agree_on_every_suite(const Backend& a, const Backend& b) {
  for (const Suite suite : kSuites) {
    if (!a.supports(suite) || !b.supports(suite)) continue;
    if (auto same = compare_backends(a, b, suite, kStartRounds); !same) return same;
  }
  return {};
}

// One of the two that every machine has.
Result<std::unique_ptr<Backend>> choose_common(bool sodium_first, bool either) {
  std::unique_ptr<Backend> first = make_openssl_backend();
  std::unique_ptr<Backend> second = make_sodium_backend();
  if (sodium_first) std::swap(first, second);

  Status fit = fit_to_serve(*first);
  const Status other = self_test(*second);
  if (fit && other) {
    // Two that pass and differ: nobody can say which is right, so neither serves.
    fit = agree_on_every_suite(*first, *second);
    if (fit) return first;
  } else if (fit) {
    return first;
  } else if (either && other && supports_every_suite(*second)) {
    return second;
  }
  return tl::unexpected(fit.error());
}

// Its ChaCha20-Poly1305 is OpenSSL's, so that the comparison is about AES.
Result<std::unique_ptr<Backend>> proven_against(Result<std::unique_ptr<Backend>> wide,
                                                const Backend& judge) {
  if (!wide) return wide;
  if (auto fit = fit_to_serve(**wide); !fit) return tl::unexpected(fit.error());
  if (auto same = compare_backends(**wide, judge, Suite::kAes256Gcm, kWideStartRounds); !same)
    return tl::unexpected(same.error());
  return wide;
}

}  // namespace

const char* name(Suite suite) {
  switch (suite) {
    case Suite::kAes256Gcm:
      return "AEAD_AES_256_GCM";
    case Suite::kChaCha20Poly1305:
      return "AEAD_CHACHA20_POLY1305";
  }
  return "unknown suite";
}

Result<Chosen> choose_backend(std::string_view wanted, MakeIpsecMb make_ipsecmb) {
  if (std::ranges::find(kNames, wanted) == kNames.end()) {
    return fail(ErrorCode::kMalformed, "there is no cipher backend \"" + std::string(wanted) +
                                           "\"; choose auto, ipsec-mb, openssl or libsodium");
  }
  const bool any = wanted == "auto";
  auto common = choose_common(wanted == "libsodium", any || wanted == "ipsec-mb");
  if (!common) return tl::unexpected(common.error());
  if (!any && wanted != "ipsec-mb") return Chosen{std::move(*common), ""};

  auto wide =
      proven_against(make_ipsecmb(any ? Instructions::kWide : Instructions::kBest), **common);
  if (wide) return Chosen{std::move(*wide), ""};
  if (!any) return tl::unexpected(wide.error());
  return Chosen{std::move(*common), wide.error().detail};
}

}  // namespace kerros::crypto
