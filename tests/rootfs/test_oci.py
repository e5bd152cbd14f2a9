# SPDX-License-Identifier: MIT
"""How is an OCI layout imported, and what if it is made to do harm?"""

import os
import subprocess

import rootfs
from harness import remove, write
from rootfs import (BASE, OUTSIDE, block, char, directory, file, hard, layout,
                    link, root_members, root_with, tar, tool)

UP = '../' * 9

# (what, the second layer, its control)
REFUSED = [
    ('a device', [char('etc/null')], [file('etc/null')]),
    ('a device deep in dev', [directory('dev'), directory('dev/x'),
                              block('dev/x/sda')],
     [directory('dev'), directory('dev/x')]),
]

# umoci keeps names beneath the root: both are right, leaving it is not.
EITHER = [
    ('..', [file('../mb-escaped')]),
    ('many ..', [file(UP + OUTSIDE[1:] + '/mb-escaped')]),
    ('absolute', [file(OUTSIDE + '/mb-escaped')]),
    ('a file beneath a link', [link('d', OUTSIDE), file('d/mb-escaped')]),
    ('a file over a file', [link('d', OUTSIDE), file('d/secret', b'evil')]),
    ('etc is a link', [link('etc', OUTSIDE), file('etc/mb-escaped')]),
    ('a hard link out', [hard('x', UP + OUTSIDE[1:] + '/secret')]),
    ('an absolute hard link', [hard('x', OUTSIDE + '/secret')]),
    ('a hard link through a link', [link('d', OUTSIDE),
                                    hard('x', 'd/secret')]),
    ('a whiteout of ..', [file('.wh...')]),
    ('a whiteout of .', [file('.wh..')]),
    ('a whiteout outside', [file(UP + OUTSIDE[1:] + '/.wh.secret')]),
    ('a whiteout beneath a link', [link('d', OUTSIDE),
                                   file('d/.wh.secret')]),
    ('an opaque link', [link('d', OUTSIDE), file('d/.wh..wh..opq')]),
    ('a whiteout of the whole', [file('.wh..wh..opq')]),
    ('a whiteout of nothing', [file('.wh.')]),
    ('an unknown whiteout', [file('.wh.missing')]),
    ('tmp is /', [link('tmp', '/'), file('tmp/mb-escaped')]),
]


class Oci(rootfs.Case):
    def image(self, *layers, **options):
        path = self.files + '/image'
        remove(path)
        return layout(path, *layers, **options)

    def content(self, path):
        with open(f'{BASE}/box/{path}', 'rb') as f:
            return f.read()

    def test_layers_and_whiteouts(self):
        image = self.image(
            root_with(file('etc/old'), directory('d'), file('d/a'),
                      file('d/b'), directory('e'), file('e/a'),
                      file('etc/passwd2', b'one')),
            tar(directory('etc'), file('etc/.wh.old'),
                file('etc/passwd2', b'two'), file('.wh.d'),
                directory('e'), file('e/.wh..wh..opq'), file('e/new')))
        root = self.accepted(tool('import', 'box', image))
        self.assertEqual(self.content('etc/passwd2'), b'two')
        for name in 'etc/old', 'd', 'e/a', 'etc/.wh.old', '.wh.d':
            self.assertFalse(os.path.lexists(f'{root}/{name}'), name)
        self.assertEqual(os.listdir(root + '/e'), ['new'])
        self.assertEqual(tool('check', 'box').status, 0)

    def test_mended(self):
        self.accepted(tool('import', 'box', self.image(root_with(
            file('su', mode=0o4755), file('open', mode=0o666, owner=4001),
            directory('d', mode=0o3777, owner=4001), directory('dev'),
            char('dev/null'), directory('scratch', 0o1777),
            file('ping', pax={'SCHILY.xattr.security.capability':
                              '\x01\0\0\x02\0\x20' + '\0' * 14}),
            link('etc/resolv.conf', OUTSIDE + '/secret')))))
        self.assertEqual(self.content('etc/resolv.conf'), b'')
        self.assertFalse(os.path.lexists(f'{BASE}/box/dev/null'))

    def test_nothing_of_the_layout_remains(self):
        root = self.accepted(tool('import', 'box', self.image(root_with())))
        for name in 'umoci.json', 'rootfs', 'config.json', 'blobs':
            self.assertFalse(os.path.lexists(f'{root}/{name}'), name)

    def test_tags(self):
        image = self.image(root_with(file('tagged')), tag='v1.2_x')
        self.accepted_and_gone(tool('import', 'box', image + ':v1.2_x'))
        for tag in ('missing', '../x', 'a\nb', '-x', 'x' * 300):
            with self.subTest(tag):
                self.refused(tool('import', 'box', f'{image}:{tag}'))
        self.right_or_refused(tool('import', 'box', image))     # no `latest`
        self.right_or_refused(tool('import', 'box', image + ':'))
        self.accepted(tool('import', 'box', self.image(root_with())
                           + ':latest'))

    def test_relative_path_and_odd_names(self):
        for name in 'an image', '-image', 'c:d':
            with self.subTest(name):
                layout(f'{self.files}/{name}', root_with())
                self.accepted_and_gone(tool('import', 'box', './' + name,
                                            cwd=self.files))
                self.accepted_and_gone(tool(
                    'import', 'box', f'{self.files}/{name}:latest'))

    def test_refused(self):
        for what, wrong, control in REFUSED:
            with self.subTest(what):
                self.refused(tool('import', 'box', self.image(
                    root_with(), tar(*wrong))))
                self.accepted_and_gone(tool('import', 'box', self.image(
                    root_with(), tar(*control))))

    def test_sound_or_refused(self):
        for what, members in EITHER:
            with self.subTest(what):
                self.right_or_refused(tool('import', 'box', self.image(
                    root_with(), tar(*members))))
                if len(members) == 1:
                    continue
                # the link in one layer, what lies beneath in the next
                self.right_or_refused(tool('import', 'box', self.image(
                    root_with(), tar(members[0]), tar(*members[1:]))))

    def test_links_where_directories_are_wanted(self):
        for name in 'dev', 'proc', 'tmp', 'var', 'etc', 'home', 'run':
            with self.subTest(name):
                members = [m for m in root_members()
                           if not (m.name + '/').startswith(name + '/')]
                self.right_or_refused(tool('import', 'box', self.image(
                    tar(*members, link(name, OUTSIDE)))))

    def test_damaged(self):
        def blob(image, number):
            """The path of the NUMBERth largest blob."""
            blobs = image + '/blobs/sha256'
            return sorted((f'{blobs}/{b}' for b in os.listdir(blobs)),
                          key=os.path.getsize)[-number]

        def cut(image):
            with open(blob(image, 1), 'r+b') as f:
                f.truncate(100)

        def changed(image):
            with open(blob(image, 1), 'r+b') as f:
                f.seek(60)
                f.write(b'xx')

        def linked(image):
            path = blob(image, 1)
            os.unlink(path)
            os.symlink('/etc/passwd', path)

        def index(text):
            return lambda image: write(image + '/index.json', text)

        for what, spoil in (
                ('a layer cut', cut), ('a layer changed', changed),
                ('a layer is a link', linked),
                ('no layer', lambda i: os.unlink(blob(i, 1))),
                ('no manifest', lambda i: os.unlink(blob(i, 2))),
                ('no index', lambda i: os.unlink(i + '/index.json')),
                ('no oci-layout', lambda i: os.unlink(i + '/oci-layout')),
                ('an empty index', index('')), ('half an index', index('{"s')),
                ('an index of nothing', index('{"schemaVersion": 2}')),
                ('an index of null', index('null')),
                ('no blobs', lambda i: remove(i + '/blobs'))):
            with self.subTest(what):
                image = self.image(root_with())
                self.accepted_and_gone(tool('import', 'box', image))
                spoil(image)
                self.refused(tool('import', 'box', image + ':latest'))

    def test_digests_that_lead_elsewhere(self):
        for digest in ('sha256:' + UP + 'etc/passwd', 'md5:' + '0' * 32, '',
                       'sha256:', '../../x:y', 'sha256:' + '0' * 64):
            with self.subTest(digest):
                def spoil(manifest):
                    manifest['layers'][0]['digest'] = digest
                self.refused(tool('import', 'box', self.image(
                    root_with(), spoil=spoil)))

    def test_no_layers(self):
        self.refused(tool('import', 'box', self.image()))

    def test_made_by_umoci(self):
        """Its own tags, in a layout with two of them."""
        image = self.files + '/umoci'
        for args in (['init', '--layout', image],
                     ['new', '--image', image + ':one'],
                     ['unpack', '--image', image + ':one',
                      self.files + '/bundle']):
            subprocess.run(['umoci', *args], check=True,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        tree = self.files + '/bundle/rootfs'
        os.mkdir(tree + '/bin')
        write(tree + '/bin/sh', '#!/bin/cat\n', 0o755)
        subprocess.run(['umoci', 'repack', '--image', image + ':two',
                        self.files + '/bundle'], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        root = self.accepted(tool('import', 'box', image + ':two'))
        self.assertTrue(os.path.exists(root + '/bin/sh'))
        remove(root)
        self.right_or_refused(tool('import', 'box', image + ':one'))    # empty
