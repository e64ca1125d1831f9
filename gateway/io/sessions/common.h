// What creating a session and taking its fragments have in common.
#pragma once

#include <string_view>

#include "gateway/io/exchange/exchange.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

inline constexpr std::uint64_t kSessionLifeMs = 15 * 60 * 1000;  // when upstream does not say
inline constexpr std::uint64_t kSessionMarginMs = 30 * 1000;     // we end before upstream does

// When a session ends here, from upstream's expirationDateTime (RFC 3339).
std::uint64_t session_end(std::string_view expiration, std::uint64_t now);

// The {"expirationDateTime", "nextExpectedRanges"} document of a 202 and of a status.
std::string progress_json(const transfer::SessionState& state);

// Whether upstream holds every byte and could not make the file: the name was taken.
bool awaits_commit(const transfer::SessionState& state);

// A session of an ordinary file, behind a URL of ours: passed as it is (plain_session.cc).
net::awaitable<void> plain_upload(Exchange& x, const transfer::PlainUploadGrant& grant);

}  // namespace kerros::io
