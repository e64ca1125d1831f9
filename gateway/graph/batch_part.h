// One request of a batch, read from its JSON object.
//
// Thread safety: one owner. Lifetime: the text and the outer request must outlive the reader.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gateway/graph/batch.h"
#include "gateway/graph/json_text.h"

namespace kerros::graph {

struct BatchDraft {
  BatchPart part;
  std::string name;                    // its id, unescaped
  std::vector<std::string> waits_for;  // names
};

class BatchPartReader {
 public:
  BatchPartReader(JsonText& text, const BatchOuter& outer) : text_(text), outer_(outer) {}
  Result<BatchDraft> read(Span request);

 private:
  const Member* find(std::span<const Member> members, std::string_view name) const;
  Status read_id(std::span<const Member> members, BatchDraft& draft);
  Status read_line(std::span<const Member> members, BatchDraft& draft);
  Status read_fields(std::span<const Member> members, BatchDraft& draft);
  Status settle_fields(Fields& fields) const;
  Status read_body(std::span<const Member> members, BatchDraft& draft);
  Status read_base64(Span value, Bytes& body) const;
  Status read_waits(std::span<const Member> members, BatchDraft& draft);

  JsonText& text_;
  const BatchOuter& outer_;
};

// Whether a Content-Type says JSON.
bool is_json_type(std::string_view type);
// Fields that belong to a connection; a part of a batch has none, nor has its answer.
bool is_of_connection(std::string_view name);

}  // namespace kerros::graph
