// The gateway's own short-lived URLs: what a client holds instead of a pre-authenticated one.
//
// A token is sealed under a key of its day (derived from the root; tokens of the last 48 hours
// open) with purpose and public host as associated data. It cannot be read, changed, or used for
// the other purpose, and only the gateway that names itself in it honours it.
//
// Thread safety: all functions may be called from any thread; the keys kept are locked. Errors:
// kNotAuthentic for anything that is not a valid token of this purpose, expiry included.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "crypto/header.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace kerros::transfer {

enum class UrlPurpose : std::uint8_t {
  kDownload = 1,
  kUpload = 2,
  kPlainUpload = 3,
  kMonitor = 4,
};

// What a download URL is bound to.
struct DownloadGrant {
  std::string actor;  // whom upstream accepted when the URL was issued
  std::uint64_t proven_ms = 0;
  std::string drive_id;
  std::string item_id;
  std::string ctag;            // of the version that was listed
  std::string upstream_url;    // pre-authenticated; leaves only towards upstream
  bool is_protected = false;   // the place it was listed in
  bool refuses_plain = false;  // and what was never sealed is refused there
};

// What the upload URL of an ordinary file is bound to: the place that was decided, in the words of
// the request that opened the session.
struct PlainUploadGrant {
  std::string upstream_url;  // pre-authenticated; leaves only towards upstream
  std::string drive_id;
  std::string item_id;  // when the request's URL spelled one
  std::string path;     // from the drive's root; empty where nobody had to know it
  std::string name;     // that the request's body gave
};

// What a monitor URL is bound to.
struct MonitorGrant {
  std::string upstream_url;  // needs no token; leaves only towards upstream
  crypto::Id key{};          // the file that is copied, and the intent that says so; zero when an
  crypto::Id intent{};       // ordinary file is copied, or a folder
};

class OwnUrls {
 public:
  using KeyOfDay = std::function<Result<crypto::SecretBytes>(std::uint32_t day)>;

  // `gateway`: random id of this installation.
  OwnUrls(crypto::Id gateway, KeyOfDay key_of_day);

  // `host` is the public one, as the URL names it and as the client that brings it back named it:
  // "localhost:8443", "contoso.sharepoint.com".
  Result<std::string> download_url(std::string_view host, const DownloadGrant& grant,
                                   std::uint64_t now_ms) const;
  Result<DownloadGrant> open_download(std::string_view host, std::string_view token,
                                      std::uint64_t now_ms) const;

  // Upload URLs carry the session's id alone; everything else lies in the session record.
  Result<std::string> upload_url(std::string_view host, const crypto::Id& session,
                                 std::uint64_t now_ms) const;
  Result<crypto::Id> open_upload(std::string_view host, std::string_view token,
                                 std::uint64_t now_ms) const;

  // Sessions of ordinary files: everything is in the token, so that nothing is stored here.
  Result<std::string> plain_upload_url(std::string_view host, const PlainUploadGrant& grant,
                                       std::uint64_t now_ms) const;
  Result<PlainUploadGrant> open_plain_upload(std::string_view host, std::string_view token,
                                             std::uint64_t now_ms) const;

  // Hosts poll without a token, as they do with the URL it replaces.
  Result<std::string> monitor_url(std::string_view host, const MonitorGrant& grant,
                                  std::uint64_t now_ms) const;
  Result<MonitorGrant> open_monitor(std::string_view host, std::string_view token,
                                    std::uint64_t now_ms) const;

 private:
  Result<std::string> seal(UrlPurpose purpose, std::string_view host, ByteView body,
                           std::uint64_t now_ms) const;
  Result<Bytes> open(UrlPurpose purpose, std::string_view host, std::string_view token,
                     std::uint64_t now_ms) const;

  struct DayKey {
    std::uint32_t day = 0;
    std::shared_ptr<const crypto::SecretBytes> key;
  };
  Result<std::shared_ptr<const crypto::SecretBytes>> key_of(std::uint32_t day) const;

  crypto::Id gateway_;
  KeyOfDay key_of_day_;
  mutable std::mutex mutex_;
  mutable std::array<DayKey, 2> kept_;  // of the two days whose tokens open
};

inline constexpr std::uint64_t kDownloadUrlLifeMs = 10 * 60 * 1000;
inline constexpr std::uint64_t kMonitorUrlLifeMs = 24 * 60 * 60 * 1000;

}  // namespace kerros::transfer
