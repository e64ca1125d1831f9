// Pre-authenticated URLs at the tenant host, all but downloads: thumbnails, conversions, previews.
//
// Thread safety: call under the store's lock.
#pragma once

#include <string>

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

std::string thumbnail_url(Exchange& exchange, const Item& item, const std::string& size);
std::string conversion_url(Exchange& exchange, const Item& item, const std::string& format);
std::string preview_url(Exchange& exchange, const Item& item);
std::string first_bytes(const Store& store, const Item& item);  // what renditions are made of

}  // namespace kerros::sandbox
