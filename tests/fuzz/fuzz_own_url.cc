// Tokens of the gateway's own URLs: what was not issued is refused; what was issued says what it
// was issued for, here, for its purpose, in its time, in one spelling.
#include <algorithm>

#include "crypto/random.h"
#include "gateway/transfer/own_url.h"
#include "tests/fuzz/check.h"

using namespace kerros;
using namespace kerros::transfer;

namespace {

[[maybe_unused]] const bool kStarted = (crypto::start(), true);

constexpr std::uint64_t kDay = 24ull * 60 * 60 * 1000;
constexpr std::uint64_t kNow = 20'000 * kDay + 5;

constexpr std::string_view kHost = "graph.example:8443";
constexpr std::string_view kElsewhere = "graph.example:8444";

OwnUrls make_urls() {
  return OwnUrls(crypto::Id{9}, [](std::uint32_t day) {
    Bytes key(32, 3);
    store_be(MutableByteView(key), day);
    return crypto::SecretBytes::copy_of(key);
  });
}

const OwnUrls& urls() {
  static const OwnUrls made = make_urls();
  return made;
}

std::string token_of(const Result<std::string>& url) {
  FUZZ_CHECK(url.has_value());
  FUZZ_CHECK(url->starts_with("https://graph.example:8443/kerros/"));
  const std::string token = url->substr(url->rfind('/') + 1);
  FUZZ_CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_") == std::string::npos);
  return token;
}

int honoured(std::string_view token, std::uint64_t now) {
  return int{urls().open_download(kHost, token, now).has_value()} +
         int{urls().open_upload(kHost, token, now).has_value()} +
         int{urls().open_plain_upload(kHost, token, now).has_value()} +
         int{urls().open_monitor(kHost, token, now).has_value()};
}

// The rest of the input spells the token anew from some place on.
void check_spelling(const std::string& token, std::uint8_t place, std::string_view anew) {
  std::string other = token;
  other.replace(place * token.size() / 256, anew.size(), anew);
  FUZZ_CHECK(honoured(other, kNow) == (other == token ? 1 : 0));
}

// One of its bounds a run: an opening costs locked memory, which is slow.
void check_issued(const std::string& token, std::uint64_t life, unsigned which) {
  switch (which % 4) {
    case 0:
      FUZZ_CHECK(honoured(token, kNow + life - 1) == 1);
      break;
    case 1:
      FUZZ_CHECK(honoured(token, kNow + life) == 0);
      break;
    case 2:
      FUZZ_CHECK(honoured(token, kNow - kDay) == 0);
      break;
    default:
      FUZZ_CHECK(!urls().open_download(kElsewhere, token, kNow) &&
                 !urls().open_upload(kElsewhere, token, kNow));
      FUZZ_CHECK(!urls().open_plain_upload(kElsewhere, token, kNow));
  }
}

void check_download(std::string_view text, const std::uint8_t* cuts) {
  DownloadGrant grant;
  grant.proven_ms = kNow - cuts[0];
  grant.is_protected = (cuts[1] & 1) != 0;
  for (std::string* field : {&grant.actor, &grant.drive_id, &grant.item_id, &grant.ctag}) {
    *field = text.substr(0, *cuts++);
    text.remove_prefix(field->size());
  }
  grant.upstream_url = text;
  const std::string token = token_of(urls().download_url(kHost, grant, kNow));
  const auto found = urls().open_download(kHost, token, kNow);
  FUZZ_CHECK(found && found->actor == grant.actor && found->proven_ms == grant.proven_ms);
  FUZZ_CHECK(found->drive_id == grant.drive_id && found->item_id == grant.item_id);
  FUZZ_CHECK(found->ctag == grant.ctag && found->upstream_url == grant.upstream_url);
  FUZZ_CHECK(found->is_protected == grant.is_protected);
  check_issued(token, kDownloadUrlLifeMs, cuts[0]);
  check_spelling(token, cuts[0], text.substr(0, 8));
}

void check_uploads(std::string_view text, const std::uint8_t* cuts) {
  crypto::Id session{};
  std::copy_n(text.begin(), std::min(text.size(), session.size()), session.begin());
  const std::string own = token_of(urls().upload_url(kHost, session, kNow));
  FUZZ_CHECK(urls().open_upload(kHost, own, kNow) == session);
  PlainUploadGrant grant;
  grant.upstream_url = text;
  grant.path = text.substr(0, cuts[2]);
  const std::string plain = token_of(urls().plain_upload_url(kHost, grant, kNow));
  const auto opened = urls().open_plain_upload(kHost, plain, kNow);
  FUZZ_CHECK(opened && opened->upstream_url == text && opened->path == grant.path);
  for (const std::string& token : {own, plain}) {
    check_issued(token, 2 * kDay - 5, cuts[1]);
    check_spelling(token, cuts[0], text.substr(0, 8));
  }
  const std::string monitor =
      token_of(urls().monitor_url(kHost, {std::string(text), session, {}}, kNow));
  const auto found = urls().open_monitor(kHost, monitor, kNow);
  FUZZ_CHECK(found && found->upstream_url == text && found->key == session);
  check_issued(monitor, kMonitorUrlLifeMs, cuts[1]);
  check_spelling(monitor, cuts[0], text.substr(0, 8));
}

}  // namespace

// Input: a choice, five octets of lengths and places, then text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kCuts = 5;
  if (size < 1 + kCuts) return 0;
  const std::string_view text = as_text({data + 1 + kCuts, size - 1 - kCuts});
  switch (data[0] % 3) {
    case 0:
      FUZZ_CHECK(honoured(text, kNow) == 0);
      break;
    case 1:
      check_download(text, data + 1);
      break;
    default:
      check_uploads(text, data + 1);
  }
  return 0;
}
