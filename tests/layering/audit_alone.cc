// Every header of gateway/audit/ compiles by itself and lets no library through.
#include "gateway/audit/checkpoint_files.h"
#include "gateway/audit/clerk.h"
#include "gateway/audit/files.h"
#include "gateway/audit/frame.h"
#include "gateway/audit/keys.h"
#include "gateway/audit/log.h"
#include "gateway/audit/note.h"
#include "gateway/audit/read_window.h"
#include "gateway/audit/record.h"
#include "gateway/audit/recovery.h"
#include "gateway/audit/segment.h"
#include "gateway/audit/store_mark.h"
#include "gateway/audit/tile_tree.h"
#include "gateway/audit/tiles.h"
#include "gateway/audit/time_text.h"
#include "gateway/audit/writer.h"

#ifdef SODIUM_VERSION_STRING
#error "a header of gateway/audit/ includes sodium.h: include it in the .cc file"
#endif
#ifdef NLOHMANN_JSON_VERSION_MAJOR
#error "a header of gateway/audit/ includes a JSON library: include it in the .cc file"
#endif
#ifdef MDB_VERSION_MAJOR
#error "gateway/audit/ includes lmdb.h: it sees the store only as a StoreMark"
#endif
#ifdef BOOST_ASIO_VERSION
#error "gateway/audit/ includes Asio: network sinks live in gateway/io/"
#endif
