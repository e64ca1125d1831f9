#include "keystore/pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "keystore/fd.h"
#include "keystore/page_layout.h"
#include "keystore/page_walker.h"

namespace kerros::keystore {
namespace {

using lmdb_layout::kPageSize;

class Mapping {
 public:
  explicit Mapping(ByteView bytes) : bytes_(bytes) {}
  ~Mapping() { ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size()); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ByteView bytes() const { return bytes_; }

 private:
  ByteView bytes_;
};

}  // namespace

Status walk_file(const std::string& file, std::uint64_t map_bytes, const VisitRow& visit) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0)
    return fail(ErrorCode::kUnavailable, "cannot read " + file + ": " + errno_text());
  const auto size = static_cast<std::size_t>(info.st_size) / kPageSize * kPageSize;
  if (size == 0)
    return fail(ErrorCode::kNotAuthentic, "the store is damaged: " + file + " is empty");
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED)
    return fail(ErrorCode::kUnavailable, "cannot read " + file + ": " + errno_text());
  const Mapping mapping(ByteView(static_cast<const std::uint8_t*>(mapped), size));
  lmdb_layout::PageWalker walker(mapping.bytes(), file);
  if (auto ok = walker.start(map_bytes); !ok) return ok;
  return walker.walk(visit);
}

}  // namespace kerros::keystore
