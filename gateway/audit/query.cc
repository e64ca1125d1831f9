#include "gateway/audit/query.h"

#include <algorithm>

#include "gateway/audit/index.h"

namespace kerros::audit {
namespace {

constexpr std::uint64_t kMaxOpened = 100'000;  // records of one page: a fraction of a second

// The term that narrows the search most.
std::optional<Term> narrowest(const Filter& filter) {
  for (const auto& [kind, text] :
       {std::pair(Kind::kKey, &filter.key), std::pair(Kind::kItem, &filter.item),
        std::pair(Kind::kActor, &filter.actor), std::pair(Kind::kUnit, &filter.unit)})
    if (!text->empty()) return Term{kind, *text};
  return std::nullopt;
}

class Run {
 public:
  Run(const Shelf& shelf, const Filter& filter, std::uint64_t from, std::size_t limit)
      : shelf_(shelf), filter_(filter), term_(narrowest(filter)), next_(from), limit_(limit) {}

  Result<Page> pages() {
    for (std::size_t i = 0; i < shelf_.segments.size() && !full(); ++i) {
      const bool last = i + 1 == shelf_.segments.size();
      end_ = last ? shelf_.size + 1 : shelf_.segments[i + 1].first;
      if (end_ <= next_) continue;
      next_ = std::max(next_, shelf_.segments[i].first);
      if (auto ok = segment(shelf_.segments[i].name, last); !ok) return tl::unexpected(ok.error());
    }
    page_.next = next_ <= shelf_.size ? next_ : 0;
    return std::move(page_);
  }

 private:
  bool full() const { return page_.records.size() >= limit_ || opened_ >= kMaxOpened; }

  Status segment(const std::string& name, bool last) {
    auto reader = SegmentReader::open(shelf_.directory, name);
    if (!reader) return tl::unexpected(reader.error());
    auto head = reader->unseal(shelf_.keys.seal.reveal());
    if (!head) return tl::unexpected(head.error());
    head_ = std::move(*head);
    if (!last) {
      auto index = IndexReader::open(shelf_.directory, head_);
      if (index && by_index(*reader, *index)) return {};
      // Whatever is wrong with the index: the records themselves are there.
      if (full()) return {};
    }
    return one_by_one(*reader);
  }

  // False: the index tells no more; what is left of the segment is read without it.
  bool by_index(SegmentReader& reader, IndexReader& index) {
    while (!full()) {
      const auto part = index.next(shelf_.keys.seal.reveal());
      if (!part) return false;
      if (!*part) return next_ >= end_;
      const std::uint64_t after = (*part)->first + (*part)->records;
      if (after <= next_) continue;
      const bool outside =
          (*part)->latest_ms < filter_.since_ms || (*part)->earliest_ms >= filter_.until_ms;
      if (outside) {
        next_ = after;
      } else if (!(term_ ? by_term(reader, **part) : to(reader, **part, after))) {
        return false;
      }
    }
    return true;
  }

  bool by_term(SegmentReader& reader, const IndexPart& part) {
    for (const std::uint32_t number : part.find(hash_of(term_key(shelf_.keys, head_), *term_))) {
      if (part.first + number < next_ || number >= part.records) continue;
      if (full()) return true;
      next_ = part.first + number;
      if (!to(reader, part, next_ + 1)) return false;
    }
    if (!full()) next_ = part.first + part.records;
    return true;
  }

  // The records from next_ to before `after`.
  bool to(SegmentReader& reader, const IndexPart& part, std::uint64_t after) {
    const auto [offset, number] = part.anchor(static_cast<std::uint32_t>(next_ - part.first));
    reader.seek(offset, part.first + number);
    while (next_ < after && !full()) {
      const auto frame = reader.next();
      if (!frame || !*frame) return false;
      if ((*frame)->position < next_) continue;
      if (!look(**frame)) return false;
    }
    return true;
  }

  Status one_by_one(SegmentReader& reader) {
    if (reader.next_position() != reader.first() || next_ < reader.next_position()) {
      auto fresh = SegmentReader::open(shelf_.directory, reader.name());
      if (!fresh) return tl::unexpected(fresh.error());
      reader = std::move(*fresh);
    }
    while (next_ < end_ && !full()) {
      const auto frame = reader.next();
      if (!frame) return tl::unexpected(frame.error());
      if (!*frame)
        return fail(ErrorCode::kNotAuthentic, "record " + std::to_string(next_) + " is missing");
      if ((*frame)->position < next_) continue;
      if (auto ok = look(**frame); !ok) return ok;
    }
    return {};
  }

  Status look(const SegmentReader::Frame& frame) {
    auto payload = open_frame(shelf_.keys.seal.reveal(), head_.name, frame.position, frame.sealed);
    auto record = payload ? decode(*payload) : tl::unexpected(payload.error());
    if (!record)
      return fail(ErrorCode::kNotAuthentic,
                  "record " + std::to_string(frame.position) + ": " + record.error().detail);
    ++opened_;
    next_ = frame.position + 1;
    if (matches(filter_, *record))
      page_.records.push_back({frame.position, std::move(*record),
                               record_salt(shelf_.keys.salt.reveal(), head_, frame.position),
                               std::move(*payload)});
    return {};
  }

  const Shelf& shelf_;
  const Filter& filter_;
  std::optional<Term> term_;
  std::uint64_t next_;
  std::size_t limit_;
  std::uint64_t end_ = 0;  // the first position behind the segment
  std::uint64_t opened_ = 0;
  SegmentHead head_;
  Page page_;
};

}  // namespace

Result<Page> run(const Shelf& shelf, const Filter& filter, std::uint64_t from, std::size_t limit) {
  return Run(shelf, filter, std::max<std::uint64_t>(from, 1), limit).pages();
}

}  // namespace kerros::audit
