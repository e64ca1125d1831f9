#include "tools/sandbox/download.h"

#include <algorithm>

#include "tools/sandbox/names.h"
#include "tools/sandbox/ranges.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

void describe(const Download& download, Reply& reply) {
  const std::string name = percent_encode(download.name);
  reply.set("Content-Type", mime_type_of(download.name));
  reply.set("Content-Disposition",
            "attachment;filename*=UTF-8''" + name + ";filename=\"" + name + "\"");
  reply.set("ETag", download.etag);
  reply.set("Last-Modified", http_date(download.modified));
  reply.set("Accept-Ranges", "bytes");
  reply.set("X-Content-Type-Options", "nosniff");
}

RangeAnswer asked_range(const Exchange& exchange, const Download& download, std::uint64_t size) {
  const RangeAnswer whole{RangeVerdict::kWhole, {0, size}};
  const auto range = exchange.head.find("Range");
  if (!range || !download.ranges || exchange.switched("range.ignore")) return whole;
  const auto validator = exchange.head.find("If-Range");
  if (validator && *validator != download.etag) return whole;
  return resolve_range(*range, size);
}

// A server that sends less than asked, or something beside it.
void bend(const Exchange& exchange, std::uint64_t size, ByteRange& range) {
  if (const auto value = exchange.switched("range.partial")) {
    range.length = value->is_number() ? std::min(range.length, value->get<std::uint64_t>())
                                      : (range.length + 1) / 2;
  }
  if (exchange.switched("range.shifted") && range.first + range.length < size) ++range.first;
}

}  // namespace

Download snapshot(const Store& store, const Item& item, const Version& version) {
  return {std::make_shared<const OpenFile>(store.blob(version)), item.name, item.etag_text(),
          version.modified, &version == &item.versions.back()};
}

Reply send(Exchange& exchange, const Download& download) {
  const std::uint64_t size = download.file->size();
  RangeAnswer answer = asked_range(exchange, download, size);
  Reply reply;
  add_request_ids(exchange, reply);
  if (answer.verdict == RangeVerdict::kUnsatisfiable) {
    reply.status = 416;
    reply.set("Content-Range", "bytes */" + std::to_string(size));
    return reply;
  }
  describe(download, reply);
  if (answer.verdict == RangeVerdict::kPart) {
    bend(exchange, size, answer.range);
    reply.status = 206;
    reply.set("Content-Range", "bytes " + std::to_string(answer.range.first) + "-" +
                                   std::to_string(answer.range.first + answer.range.length - 1) +
                                   "/" + std::to_string(size));
  }
  reply.file = FileSlice{download.file, answer.range.first, answer.range.length};
  return reply;
}

}  // namespace kerros::sandbox
