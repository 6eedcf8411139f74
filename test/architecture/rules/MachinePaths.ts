/**
 * No file of the repository mentions a folder of the machine that it was written on.
 * Such a path works for one person, and tells everyone else something they should not know.
 */
import type { Rule } from './Rule.js'

/** The top-level folders that no file mentions. They are kept without slashes, so that this list is not a breach. */
export const machineFolders: ReadonlyArray<string> = ['work', 'root']

const machinePath = new RegExp(`(?<![\\w.-])/(${machineFolders.join('|')})/`)

/** No text file contains an absolute path of a machine. */
export const noMachinePaths: Rule = (files) =>
  files.flatMap((file) =>
    file.text.split('\n').flatMap((text, index) => {
      const [path] = machinePath.exec(text) ?? []
      return path === undefined
        ? []
        : [
            {
              file: file.path,
              line: index + 1,
              message: `${path} is a folder of one machine; write a relative path`,
            },
          ]
    }),
  )
