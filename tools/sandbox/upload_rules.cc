#include "tools/sandbox/upload_rules.h"

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

Refusal invalid_range(const std::string& message, const std::string& inner) {
  return {416, "invalidRange", message, inner};
}

void check_size(const FragmentContext& context, const ContentRange& range) {
  const std::uint64_t size = range.last - range.first + 1;
  const std::uint64_t limit = context.strict ? kFragmentLimit : kRequestLimit;
  if (size >= limit) {
    throw Refusal(
        413, "invalidRequest",
        "The request message is too big. The server does not allow messages larger than " +
            std::to_string(limit) + " bytes",
        "maxFragmentLengthExceeded");
  }
  const bool last = range.last + 1 == range.total;
  if (context.strict && !last && size % kFragmentUnit != 0) {
    throw bad_request("A fragment that is not the last must be a multiple of 327680 bytes");
  }
}

}  // namespace

ContentRange check_fragment(const FragmentContext& context,
                            const std::optional<std::string>& content_range,
                            const std::optional<std::uint64_t>& content_length) {
  const auto range = content_range ? parse_content_range(*content_range) : std::nullopt;
  if (!range) throw bad_request("The Content-Range header is missing or malformed");
  if (!content_length) throw Refusal(411, "invalidRequest", "The Content-Length header is needed");
  if (*content_length == 0 || *content_length != range->last - range->first + 1) {
    throw bad_request("Content-Length and Content-Range do not agree");
  }
  if (context.total && *context.total != range->total) {
    throw invalid_range("The total differs from that of earlier fragments",
                        "fragmentLengthMismatch");
  }
  if (range->first < context.received) {
    throw invalid_range("Optimistic concurrency failure during fragmented upload",
                        "fragmentOverlap");
  }
  if (range->first > context.received) {
    throw invalid_range("The fragment is not contiguous with what was received",
                        "fragmentOutOfOrder");
  }
  check_size(context, *range);
  return *range;
}

}  // namespace kerros::sandbox
