#include "gateway/transfer/own_url.h"

#include <algorithm>

#include "crypto/wrap.h"
#include "gateway/graph/classify.h"
#include "gateway/transfer/stored_form.h"

namespace kerros::transfer {

namespace {

constexpr std::uint64_t kDayMs = 24ull * 60 * 60 * 1000;
constexpr std::string_view kLabel = "kerros/1/url-token";
constexpr std::uint8_t kTokenVersion = 1;
constexpr std::uint8_t kProtected = 1, kRefusesPlain = 2;  // of a download grant

std::string_view path_of(UrlPurpose purpose) {
  switch (purpose) {
    case UrlPurpose::kDownload:
      return graph::kOwnDownloadPath;
    case UrlPurpose::kUpload:
    case UrlPurpose::kPlainUpload:
      break;
    case UrlPurpose::kMonitor:
      return graph::kOwnMonitorPath;
  }
  return graph::kOwnUploadPath;
}

Error bad_token() {
  return {ErrorCode::kNotAuthentic, "the URL was not issued here, or has expired"};
}

Bytes context_of(UrlPurpose purpose, std::string_view host, const crypto::Id& gateway) {
  Writer context;
  context.u8(static_cast<std::uint8_t>(purpose));
  context.text(host);
  context.bytes(gateway);
  return std::move(context).take();
}

}  // namespace

OwnUrls::OwnUrls(crypto::Id gateway, KeyOfDay key_of_day)
    : gateway_(gateway), key_of_day_(std::move(key_of_day)) {}

// Deriving a key takes pages of locked memory, which costs far more than sealing a URL, and a
// listing needs a thousand of those.
Result<std::shared_ptr<const crypto::SecretBytes>> OwnUrls::key_of(std::uint32_t day) const {
  const std::lock_guard lock(mutex_);
  DayKey& kept = kept_[day % kept_.size()];
  if (kept.key && kept.day == day) return kept.key;
  auto made = key_of_day_(day);
  if (!made) return tl::unexpected(made.error());
  kept = {day, std::make_shared<const crypto::SecretBytes>(*std::move(made))};
  return kept.key;
}

// The URL ends in a token = version(1) || day(4) || seal_value(key of the day, body); the day picks
// the key and is checked against the clock, so that a key is not needed for longer than 48 hours.
Result<std::string> OwnUrls::seal(UrlPurpose purpose, std::string_view host, ByteView body,
                                  std::uint64_t now_ms) const {
  const auto day = static_cast<std::uint32_t>(now_ms / kDayMs);
  const auto key = key_of(day);
  if (!key) return tl::unexpected(key.error());
  const Bytes sealed =
      crypto::seal_value((*key)->reveal(), kLabel, context_of(purpose, host, gateway_), body);
  Bytes token(5 + sealed.size());
  token[0] = kTokenVersion;
  store_be<std::uint32_t>(MutableByteView(token).subspan(1, 4), day);
  std::ranges::copy(sealed, token.begin() + 5);
  return "https://" + std::string(host) + std::string(path_of(purpose)) + to_base64url(token);
}

Result<Bytes> OwnUrls::open(UrlPurpose purpose, std::string_view host, std::string_view token,
                            std::uint64_t now_ms) const {
  const auto raw = from_base64url(token);
  if (!raw || raw->size() < 5 || raw->front() != kTokenVersion) return tl::unexpected(bad_token());
  const auto day = load_be<std::uint32_t>(ByteView(*raw).subspan(1, 4));
  const auto today = static_cast<std::uint32_t>(now_ms / kDayMs);
  if (day > today || today - day > 1) return tl::unexpected(bad_token());
  const auto key = key_of(day);
  if (!key) return tl::unexpected(key.error());
  auto body = crypto::open_value((*key)->reveal(), kLabel, context_of(purpose, host, gateway_),
                                 ByteView(*raw).subspan(5));
  if (!body) return tl::unexpected(bad_token());
  const ByteView view = std::as_const(*body).reveal();
  return Bytes(view.begin(), view.end());
}

Result<std::string> OwnUrls::download_url(std::string_view host, const DownloadGrant& grant,
                                          std::uint64_t now_ms) const {
  Writer body;
  body.u64(now_ms + kDownloadUrlLifeMs);
  body.u64(grant.proven_ms);
  body.u8(static_cast<std::uint8_t>((grant.is_protected ? kProtected : 0) |
                                    (grant.refuses_plain ? kRefusesPlain : 0)));
  for (const auto* text :
       {&grant.actor, &grant.drive_id, &grant.item_id, &grant.ctag, &grant.upstream_url})
    body.text(*text);
  return seal(UrlPurpose::kDownload, host, std::move(body).take(), now_ms);
}

Result<DownloadGrant> OwnUrls::open_download(std::string_view host, std::string_view token,
                                             std::uint64_t now_ms) const {
  const auto body = open(UrlPurpose::kDownload, host, token, now_ms);
  if (!body) return tl::unexpected(body.error());
  Reader in(*body);
  DownloadGrant grant;
  const std::uint64_t expires = in.u64();
  grant.proven_ms = in.u64();
  const std::uint8_t flags = in.u8();
  grant.is_protected = (flags & kProtected) != 0;
  grant.refuses_plain = (flags & kRefusesPlain) != 0;
  for (auto* text :
       {&grant.actor, &grant.drive_id, &grant.item_id, &grant.ctag, &grant.upstream_url})
    *text = in.text();
  if (!in.ok() || now_ms >= expires) return tl::unexpected(bad_token());
  return grant;
}

Result<std::string> OwnUrls::upload_url(std::string_view host, const crypto::Id& session,
                                        std::uint64_t now_ms) const {
  return seal(UrlPurpose::kUpload, host, session, now_ms);
}

Result<crypto::Id> OwnUrls::open_upload(std::string_view host, std::string_view token,
                                        std::uint64_t now_ms) const {
  const auto body = open(UrlPurpose::kUpload, host, token, now_ms);
  if (!body) return tl::unexpected(body.error());
  crypto::Id session{};
  if (body->size() != session.size()) return tl::unexpected(bad_token());
  std::ranges::copy(*body, session.begin());
  return session;
}

Result<std::string> OwnUrls::plain_upload_url(std::string_view host, const PlainUploadGrant& grant,
                                              std::uint64_t now_ms) const {
  Writer body;
  for (const auto* text :
       {&grant.upstream_url, &grant.drive_id, &grant.item_id, &grant.path, &grant.name})
    body.text(*text);
  return seal(UrlPurpose::kPlainUpload, host, std::move(body).take(), now_ms);
}

Result<PlainUploadGrant> OwnUrls::open_plain_upload(std::string_view host, std::string_view token,
                                                    std::uint64_t now_ms) const {
  const auto body = open(UrlPurpose::kPlainUpload, host, token, now_ms);
  if (!body) return tl::unexpected(body.error());
  Reader in(*body);
  PlainUploadGrant grant;
  for (auto* text :
       {&grant.upstream_url, &grant.drive_id, &grant.item_id, &grant.path, &grant.name})
    *text = in.text();
  if (!in.ok()) return tl::unexpected(bad_token());
  return grant;
}

Result<std::string> OwnUrls::monitor_url(std::string_view host, const MonitorGrant& grant,
                                         std::uint64_t now_ms) const {
  Writer body;
  body.u64(now_ms + kMonitorUrlLifeMs);
  body.text(grant.upstream_url);
  body.bytes(grant.key);
  body.bytes(grant.intent);
  return seal(UrlPurpose::kMonitor, host, std::move(body).take(), now_ms);
}

Result<MonitorGrant> OwnUrls::open_monitor(std::string_view host, std::string_view token,
                                           std::uint64_t now_ms) const {
  const auto body = open(UrlPurpose::kMonitor, host, token, now_ms);
  if (!body) return tl::unexpected(body.error());
  Reader in(*body);
  MonitorGrant grant;
  const std::uint64_t expires = in.u64();
  grant.upstream_url = in.text();
  for (crypto::Id* id : {&grant.key, &grant.intent}) {
    const ByteView bytes = in.bytes();
    if (bytes.size() != id->size()) return tl::unexpected(bad_token());
    std::ranges::copy(bytes, id->begin());
  }
  if (!in.ok() || now_ms >= expires) return tl::unexpected(bad_token());
  return grant;
}

}  // namespace kerros::transfer
