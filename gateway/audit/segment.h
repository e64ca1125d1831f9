// One day's segment file: written in groups, read frame by frame.
//
// Thread safety: one owner. Lifetime: a Frame's bytes live until the next call of next().
#pragma once

#include <optional>
#include <string>

#include "gateway/audit/files.h"
#include "gateway/audit/frame.h"

namespace kerros::audit {

struct SegmentInfo {
  std::string name;
  std::uint64_t first;  // position
};

std::string segment_path(const std::string& directory, const std::string& name);
// Names of the segments in `directory`, oldest first. kMalformed names a file that is none.
Result<std::vector<std::string>> segment_names(const std::string& directory);

class SegmentReader {
 public:
  struct Frame {
    std::uint64_t position;
    ByteView sealed;
  };

  static Result<SegmentReader> open(const std::string& directory, const std::string& name);

  const std::string& name() const { return name_; }
  std::uint64_t first() const { return first_; }
  std::uint64_t next_position() const { return next_position_; }
  std::uint64_t offset() const { return offset_; }  // where the next frame begins
  Result<SegmentHead> unseal(ByteView seal_key) const;

  // Nothing at the clean end. kTruncated: the file ends inside a frame, or only zero bytes follow
  // (what a power cut leaves). kMalformed: a length that no frame has.
  Result<std::optional<Frame>> next();
  // Goes on with the frame of that position, which begins at that offset.
  void seek(std::uint64_t offset, std::uint64_t position) {
    offset_ = offset;
    next_position_ = position;
  }

 private:
  SegmentReader(std::string name, std::string path, Fd fd) noexcept
      : name_(std::move(name)), path_(std::move(path)), fd_(std::move(fd)) {}
  Result<ByteView> look(std::size_t size);  // at offset_; shorter only at the end of the file
  Result<bool> only_zeros_follow();

  std::string name_, path_;
  Fd fd_;
  std::uint64_t first_ = 0, next_position_ = 0, offset_ = 0;
  Bytes sealed_head_;
  Bytes buffer_;
  std::uint64_t buffer_at_ = 0;
};

class SegmentWriter {
 public:
  // A file that must not exist yet; its head is durable when this returns.
  static Result<SegmentWriter> create(const std::string& directory, SegmentHead head,
                                      ByteView seal_key);
  // Goes on after `length` bytes; what follows them is cut off.
  static Result<SegmentWriter> resume(const std::string& directory, SegmentHead head,
                                      std::uint64_t length);

  const SegmentHead& head() const { return head_; }
  // One write and one fdatasync. kUnavailable: nothing of the group is in the file, or, when even
  // cutting failed, it will be cut before anything else is written; try again later. So also while
  // the file under its name is not the one we opened, or its length is not what we wrote.
  Status append(ByteView group);

 private:
  SegmentWriter(SegmentHead head, std::string path, Fd fd, std::uint64_t length) noexcept
      : head_(std::move(head)), path_(std::move(path)), fd_(std::move(fd)), length_(length) {}
  Status check_in_place() const;

  SegmentHead head_;
  std::string path_;
  Fd fd_;
  std::uint64_t length_ = 0;    // durable and acknowledged
  bool needs_cutting_ = false;  // a group failed half way
};

}  // namespace kerros::audit
