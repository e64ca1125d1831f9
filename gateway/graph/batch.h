// JSON batching: requests within a request, taken apart and put together again.
//
// A batch never goes upstream as such. Each request in it becomes a head and a body of its own, as
// if it had come alone, so that nothing a batch says is understood by two readers: members that are
// not read here go nowhere. What could be read in two ways makes the whole batch fail.
//
// Thread safety: pure functions, plain values. Lifetime: a Batch wipes its bodies when it goes;
// the text it was read from is its owner's to wipe.
// Errors: kMalformed; the detail is a whole sentence for the client and quotes nothing of its text.
// Source: Graph documentation, JSON batching; docs/path-of-a-byte.md, section 8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"
#include "gateway/graph/head.h"

namespace kerros::graph {

inline constexpr std::size_t kMostBatchParts = 20;

struct BatchPart {
  BatchPart() = default;
  BatchPart(BatchPart&&) noexcept = default;
  ~BatchPart();

  std::string id;    // the JSON string as it was written, quotes included
  RequestHead head;  // target with its version, in origin form; no fields of framing
  Bytes body;        // JSON as it was written, or what the base64 stood for; wiped
  std::vector<std::size_t> depends_on;  // places in Batch::parts, all before this one
};

struct Batch {
  // What a request depends on stands before it; apart from that in the order received.
  std::vector<BatchPart> parts;
};

// What the request that carries the batch says for those in it.
struct BatchOuter {
  std::string_view version;                 // "v1.0": urls are relative to it
  std::span<const std::string_view> hosts;  // absolute URLs may name these, and no other
  const Fields& fields;                     // its token is the only one there is
  std::size_t head_limit;                   // octets of url and fields of one request
};

// `json` is a whole request body. One token for all: a request that brings another one than the
// carrier's fails. Requests to $batch itself fail.
Result<Batch> read_batch(std::string_view json, const BatchOuter& outer);

struct BatchAnswer {
  std::string_view id;  // as in BatchPart
  const ResponseHead& head;
  std::string_view body;
};
// {"responses":[...]}: a body that says it is JSON, and is, stands there octet for octet; any
// other one as base64.
std::string write_batch_answer(std::span<const BatchAnswer> answers);

}  // namespace kerros::graph
