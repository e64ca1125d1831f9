// Bytes out: ranges, validators and the headers of a download.
//
// Switches here: range.ignore, range.partial, range.shifted.
// Thread safety: snapshot() needs the store's lock, send() does not.
#pragma once

#include <memory>

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

// What is to be sent, held open, so that later changes of the item do not matter.
struct Download {
  std::shared_ptr<const OpenFile> file;
  std::string name;
  std::string etag;
  std::int64_t modified = 0;
  bool ranges = true;  // old versions are only sent whole
};

Download snapshot(const Store& store, const Item& item, const Version& version);
Reply send(Exchange& exchange, const Download& download);

}  // namespace kerros::sandbox
