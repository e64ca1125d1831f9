// Records that an investigation needs, put aside: they outlive the time of retention.
//
//   DIR/cases/NAME.case = "KRSCASE" 0x01 || frame || frame ...
//   frame = be32 n || n bytes: nonce(24) ciphertext tag(16), bound to the case's name and the
//           frame's number
//   plain of frame 0: the case's filter as JSON; of the others: be64 position || salt(32) || record
//
// With its salt a record still proves itself against the tree when its segment is gone.
//
// Thread safety: one owner.
#pragma once

#include <string>
#include <vector>

#include "gateway/audit/files.h"
#include "gateway/audit/query.h"

namespace kerros::audit {

struct CaseHead {
  std::string name;  // letters, digits, "-", "_", "."; at most 64
  std::uint64_t opened_ms = 0;
  Filter filter;
};

Status check_case_name(const std::string& name);  // kMalformed
Result<std::vector<std::string>> case_names(const std::string& directory);
Status remove_case(const std::string& directory, const std::string& name);  // kNotFound

class CaseFile {
 public:
  static Result<CaseFile> create(const std::string& directory, const CaseHead& head,
                                 ByteView seal_key);  // kConflict: there is one
  static Result<CaseFile> open(const std::string& directory, const std::string& name,
                               ByteView seal_key);  // kNotFound, kNotAuthentic

  const CaseHead& head() const { return head_; }
  std::uint64_t records() const { return number_ - 1; }
  std::uint64_t newest() const { return newest_; }  // position of its newest record; 0: none
  // Those that come after the newest it holds, in order; durable when it returns.
  Status add(const std::vector<Placed>& records, ByteView seal_key);
  // As run(), without a filter.
  Result<Page> read(std::uint64_t from, std::size_t limit, ByteView seal_key) const;

 private:
  CaseFile(std::string path, CaseHead head, Fd fd)
      : path_(std::move(path)), head_(std::move(head)), fd_(std::move(fd)) {}
  // The next whole frame; empty when none follows.
  Result<Bytes> frame(std::uint64_t offset, std::uint64_t number, ByteView seal_key) const;
  Result<std::uint64_t> find_end(ByteView seal_key);

  std::string path_;
  CaseHead head_;
  Fd fd_;
  std::uint64_t begin_ = 0, end_ = 0;  // of the frames with records
  std::uint64_t number_ = 1;           // of the next frame
  std::uint64_t newest_ = 0;
};

}  // namespace kerros::audit
