// Which item's content a request is about, and what the registry says of it first.
//
// Thread safety: one coroutine. Errors: Refused, when the store cannot be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// However it was addressed.
struct Wanted {
  std::string drive_id;
  std::string item_id;
  std::string target;              // Graph's /content, or empty:
  std::optional<UpstreamUrl> url;  // the pre-authenticated URL behind one of ours
  std::string version;             // one that is not the current one; else empty
  std::string audit_target() const {
    return "drive " + drive_id + " item " + item_id +
           (version.empty() ? "" : " version " + version);
  }
};

// The newest record that speaks for the item's content, if it was ever sealed here.
std::optional<keystore::ItemRecord> newest_record(Exchange& x, const Wanted& wanted);

// Whether a record says that the item is a sealed one now, be it that its stored bytes differ.
bool is_sealed(Exchange& x, std::string_view drive_id, std::string_view item_id);

}  // namespace kerros::io
