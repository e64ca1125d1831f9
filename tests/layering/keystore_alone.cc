// Every header of keystore/ compiles by itself and lets no library through.
#include "keystore/check.h"
#include "keystore/child.h"
#include "keystore/committer.h"
#include "keystore/env.h"
#include "keystore/fd.h"
#include "keystore/head.h"
#include "keystore/items.h"
#include "keystore/key_ring.h"
#include "keystore/key_store.h"
#include "keystore/key_versions.h"
#include "keystore/keys_file.h"
#include "keystore/layout.h"
#include "keystore/lmdb_store.h"
#include "keystore/page_layout.h"
#include "keystore/pages.h"
#include "keystore/record.h"
#include "keystore/records.h"
#include "keystore/rewrap.h"
#include "keystore/root.h"
#include "keystore/sessions.h"
#include "keystore/store_keys.h"
#include "keystore/txn.h"
#include "keystore/unit_keys.h"
#include "keystore/unseal.h"
#include "keystore/wire.h"

#ifdef MDB_VERSION_MAJOR
#error "a header of keystore/ includes lmdb.h: include it in env.cc or txn.cc"
#endif
#ifdef SODIUM_VERSION_STRING
#error "keystore/ includes sodium.h: it goes through crypto/"
#endif
#ifdef OPENSSL_VERSION_NUMBER
#error "keystore/ includes OpenSSL: it goes through crypto/"
#endif
#ifdef BOOST_ASIO_VERSION
#error "keystore/ includes Asio: it knows no network"
#endif
#ifdef INCLUDE_NLOHMANN_JSON_HPP_
#error "keystore/ includes a JSON library: its records are binary"
#endif
