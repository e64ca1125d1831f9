#include "gateway/transfer/own_url.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::transfer {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;

constexpr std::uint64_t kHour = 60ull * 60 * 1000;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kMidnight = 20'000 * kDay;
constexpr std::uint64_t kNow = kMidnight + 11 * kHour;
constexpr std::string_view kUpstream =
    "https://contoso.sharepoint.com/_layouts/15/download.aspx?tempauth=v1.secret";

constexpr std::string_view kHost = "graph.example:8443";

OwnUrls urls_of(std::uint64_t gateway, std::uint64_t root = 1) {
  return OwnUrls(noise_array<16>(gateway), [root](std::uint32_t day) {
    return crypto::SecretBytes::copy_of(noise(32, root * 1'000'000 + day));
  });
}

OwnUrls urls() { return urls_of(1); }

DownloadGrant grant() {
  return {"anna@example.org", kNow - 5, "b!drive", "01ITEM", "\"c:{1},2\"", std::string(kUpstream)};
}

std::string token_of(const std::string& url) { return url.substr(url.rfind('/') + 1); }

std::string download_token(std::uint64_t now = kNow) {
  return token_of(urls().download_url(kHost, grant(), now).value());
}

std::string upload_token(std::uint64_t now = kNow) {
  return token_of(urls().upload_url(kHost, noise_array<16>(7), now).value());
}

PlainUploadGrant plain_grant() {
  return {std::string(kUpstream), "b!drive", "01ITEM", "/Plain/a.docx", "b.docx"};
}

std::string plain_token() {
  return token_of(urls().plain_upload_url(kHost, plain_grant(), kNow).value());
}

TEST(OwnUrl, KeepsWhatADownloadIsBoundTo) {
  const DownloadGrant found = urls().open_download(kHost, download_token(), kNow).value();
  EXPECT_EQ(found.actor, grant().actor);
  EXPECT_EQ(found.proven_ms, grant().proven_ms);
  EXPECT_EQ(found.drive_id, grant().drive_id);
  EXPECT_EQ(found.item_id, grant().item_id);
  EXPECT_EQ(found.ctag, grant().ctag);
  EXPECT_EQ(found.upstream_url, grant().upstream_url);
}

TEST(OwnUrl, KeepsTheSessionOfAnUpload) {
  EXPECT_EQ(urls().open_upload(kHost, upload_token(), kNow).value(), noise_array<16>(7));
  const PlainUploadGrant found = urls().open_plain_upload(kHost, plain_token(), kNow).value();
  EXPECT_EQ(found.upstream_url, plain_grant().upstream_url);
  EXPECT_EQ(found.drive_id, plain_grant().drive_id);
  EXPECT_EQ(found.item_id, plain_grant().item_id);
  EXPECT_EQ(found.path, plain_grant().path);
  EXPECT_EQ(found.name, plain_grant().name);
}

TEST(OwnUrl, NamesOnlyThisHostAndHidesTheOtherOne) {
  const std::string url = urls().download_url(kHost, grant(), kNow).value();
  EXPECT_TRUE(url.starts_with("https://graph.example:8443/kerros/download/"));
  EXPECT_EQ(url.find("sharepoint"), std::string::npos);
  EXPECT_TRUE(from_base64url(token_of(url)));
  EXPECT_TRUE(urls()
                  .upload_url(kHost, noise_array<16>(7), kNow)
                  .value()
                  .starts_with("https://graph.example:8443/kerros/upload/"));
}

MonitorGrant monitor_grant() {
  return {"https://contoso.sharepoint.com/_api/v2.0/monitor/x", noise_array<16>(3),
          noise_array<16>(4)};
}

std::string monitor_token(std::uint64_t now = kNow) {
  return token_of(urls().monitor_url(kHost, monitor_grant(), now).value());
}

TEST(OwnUrl, KeepsWhatAMonitorIsBoundToForADay) {
  const std::string url = urls().monitor_url(kHost, monitor_grant(), kNow).value();
  EXPECT_TRUE(url.starts_with("https://graph.example:8443/kerros/monitor/"));
  const MonitorGrant found = urls().open_monitor(kHost, token_of(url), kNow + kDay - 1).value();
  EXPECT_EQ(found.upstream_url, monitor_grant().upstream_url);
  EXPECT_EQ(found.key, monitor_grant().key);
  EXPECT_EQ(found.intent, monitor_grant().intent);
  EXPECT_EQ(code_of(urls().open_monitor(kHost, token_of(url), kNow + kDay)),
            ErrorCode::kNotAuthentic);
}

TEST(OwnUrl, OfAMonitorServesNoOtherPurpose) {
  EXPECT_EQ(code_of(urls().open_download(kHost, monitor_token(), kNow)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_upload(kHost, monitor_token(), kNow)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_plain_upload(kHost, monitor_token(), kNow)),
            ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_monitor(kHost, download_token(), kNow)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_monitor(kHost, plain_token(), kNow)), ErrorCode::kNotAuthentic);
}

TEST(OwnUrl, OfADownloadKeepsWhatThePlaceAsksFor) {
  for (const bool is_protected : {false, true})
    for (const bool refuses : {false, true}) {
      DownloadGrant one = grant();
      one.is_protected = is_protected;
      one.refuses_plain = refuses;
      const auto found =
          urls()
              .open_download(kHost, token_of(urls().download_url(kHost, one, kNow).value()), kNow)
              .value();
      EXPECT_EQ(found.is_protected, is_protected);
      EXPECT_EQ(found.refuses_plain, refuses);
    }
}

TEST(OwnUrl, IsNeverTheSameTwice) { EXPECT_NE(download_token(), download_token()); }

TEST(OwnUrl, RefusesATokenOfAnotherPurpose) {
  EXPECT_EQ(code_of(urls().open_upload(kHost, download_token(), kNow)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_plain_upload(kHost, download_token(), kNow)),
            ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_download(kHost, upload_token(), kNow)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_plain_upload(kHost, upload_token(), kNow)),
            ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_download(kHost, plain_token(), kNow)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(urls().open_upload(kHost, plain_token(), kNow)), ErrorCode::kNotAuthentic);
}

TEST(OwnUrl, RefusesATokenOfAnotherHostGatewayOrStore) {
  const std::string token = download_token();
  EXPECT_EQ(code_of(urls().open_download("graph.example", token, kNow)), ErrorCode::kNotAuthentic);
  for (const OwnUrls& other : {urls_of(2), urls_of(1, 2)})
    EXPECT_EQ(code_of(other.open_download(kHost, token, kNow)), ErrorCode::kNotAuthentic);
}

TEST(OwnUrl, RefusesATokenThatNamesAnotherDay) {
  Bytes raw = from_base64url(download_token()).value();
  store_be(MutableByteView(raw).subspan(1, 4), static_cast<std::uint32_t>(kNow / kDay - 1));
  EXPECT_EQ(code_of(urls().open_download(kHost, to_base64url(raw), kNow)),
            ErrorCode::kNotAuthentic);
}

TEST(OwnUrl, RefusesEveryFlippedBit) {
  const Bytes raw = from_base64url(upload_token()).value();
  for (std::size_t bit = 0; bit < raw.size() * 8; ++bit) {
    Bytes changed = raw;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_EQ(code_of(urls().open_upload(kHost, to_base64url(changed), kNow)),
              ErrorCode::kNotAuthentic)
        << bit;
  }
}

TEST(OwnUrl, RefusesEveryCut) {
  const std::string token = download_token();
  for (std::size_t size = 0; size < token.size(); ++size)
    EXPECT_EQ(code_of(urls().open_download(kHost, token.substr(0, size), kNow)),
              ErrorCode::kNotAuthentic)
        << size;
}

TEST(OwnUrl, EndsADownloadAfterTenMinutesToTheMillisecond) {
  for (const std::uint64_t issued : {kNow, kMidnight - 1, kMidnight - 300'000, kMidnight}) {
    const std::string token = download_token(issued);
    EXPECT_TRUE(urls().open_download(kHost, token, issued + kDownloadUrlLifeMs - 1)) << issued;
    EXPECT_EQ(code_of(urls().open_download(kHost, token, issued + kDownloadUrlLifeMs)),
              ErrorCode::kNotAuthentic)
        << issued;
  }
}

TEST(OwnUrl, EndsAnUploadWithTheKeyOfItsDay) {
  const std::string first = upload_token(kMidnight);
  EXPECT_TRUE(urls().open_upload(kHost, first, kMidnight + 48 * kHour - 1));
  EXPECT_EQ(code_of(urls().open_upload(kHost, first, kMidnight + 48 * kHour)),
            ErrorCode::kNotAuthentic);
  const std::string last = upload_token(kMidnight + kDay - 1);
  EXPECT_TRUE(urls().open_upload(kHost, last, kMidnight + 48 * kHour - 1));
  EXPECT_EQ(code_of(urls().open_upload(kHost, last, kMidnight + 48 * kHour)),
            ErrorCode::kNotAuthentic);
}

TEST(OwnUrl, RefusesATokenOfTomorrow) {
  EXPECT_EQ(code_of(urls().open_upload(kHost, upload_token(kMidnight), kMidnight - 1)),
            ErrorCode::kNotAuthentic);
}

// A listing needs a URL for each of its items, and a key takes pages of locked memory to derive.
TEST(OwnUrl, DerivesTheKeyOfADayOnceAndGoesOnWithTheNext) {
  std::vector<std::uint32_t> derived;
  const OwnUrls counting(noise_array<16>(1), [&](std::uint32_t day) {
    derived.push_back(day);
    return crypto::SecretBytes::copy_of(noise(32, 1'000'000 + day));
  });
  for (const std::uint64_t now : {kMidnight - 1, kMidnight, kMidnight + kDay}) {
    const std::string token = token_of(counting.upload_url(kHost, noise_array<16>(7), now).value());
    EXPECT_TRUE(counting.open_upload(kHost, token, now));
    EXPECT_TRUE(urls().open_upload(kHost, token, now));
  }
  EXPECT_TRUE(counting.open_upload(kHost, upload_token(kMidnight), kMidnight + kDay));
  EXPECT_EQ(derived, (std::vector<std::uint32_t>{19'999, 20'000, 20'001}));
}

TEST(OwnUrl, TellsAKeyThatCannotBeHad) {
  const OwnUrls broken({}, [](std::uint32_t) -> Result<crypto::SecretBytes> {
    return fail(ErrorCode::kFull, "no locked memory");
  });
  EXPECT_EQ(code_of(broken.upload_url(kHost, {}, kNow)), ErrorCode::kFull);
  EXPECT_EQ(code_of(broken.open_upload(kHost, upload_token(), kNow)), ErrorCode::kFull);
}

RC_GTEST_PROP(OwnUrl, RefusesWhateverElseIsSent, (const std::string& token)) {
  RC_ASSERT(!urls().open_download(kHost, token, kNow));
  RC_ASSERT(!urls().open_upload(kHost, token, kNow));
}

RC_GTEST_PROP(OwnUrl, KeepsAnyText, (const std::string& actor, const std::string& item)) {
  DownloadGrant asked = grant();
  asked.actor = actor;
  asked.item_id = item;
  const auto found = urls().open_download(
      kHost, token_of(urls().download_url(kHost, asked, kNow).value()), kNow + 1);
  RC_ASSERT(found.has_value());
  RC_ASSERT(found->actor == actor);
  RC_ASSERT(found->item_id == item);
}

}  // namespace
}  // namespace kerros::transfer
