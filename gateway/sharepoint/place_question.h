// How upstream can be asked where a request of the older interfaces would act.
//
// Only upstream knows: a path may lead through a shortcut, an id tells nothing, and REST reads some
// arguments once more. So either the very path of the request is asked for, or the very resource
// that is called, octet for octet. What names its place in a body, or names several, is not asked.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/sharepoint/classify_tenant.h"

namespace kerros::sharepoint {

struct PlaceQuestion {
  enum class Kind : std::uint8_t {
    kNone,  // cannot be asked
    kPath,  // `raw`: a path of this host, percent-encoded
    kCall,  // `raw`: a target whose GET tells the ServerRelativeUrl of a file or folder
  };
  Kind kind = Kind::kNone;
  std::string raw;
};

PlaceQuestion place_question(const TenantRoute& route);

// The target of a look-up by address: the drive API tells which item "https://HOST/PATH" is.
std::string item_by_address(std::string_view host, std::string_view raw_path);

// Where a COPY or MOVE leads: a path of this host. Empty: none is named, or another host.
std::string destination_path(std::string_view host, const graph::Fields& fields);

// The ServerRelativeUrl in an answer, percent-encoded; empty when it holds none.
std::string server_relative_path(std::string_view json);

// What a download page names. Nothing can be asked for a URL that is its own right (tempauth,
// share): it says nothing about its bearer.
PlaceQuestion download_page(std::string_view host, const TenantTarget& target);

}  // namespace kerros::sharepoint
